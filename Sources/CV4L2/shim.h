/* V4L2's types, and what Swift cannot import of them: request numbers, pixel formats, eventfd. */
#pragma once
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <sys/eventfd.h>
