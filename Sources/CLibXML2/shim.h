#pragma once
#include <libxml/xmlversion.h>
// Debian's libxml2 would pull in the system's ICU here, whose declarations differ from those of Foundation's own ICU: a module that
// imports both does not compile. Only handlers of encodings, which are not used, look different without it.
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>
