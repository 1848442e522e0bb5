#pragma once
#include <curl/curl.h>

/* Macros that Swift cannot import. */
static const long lm_curl_basic_or_digest = CURLAUTH_BASIC | CURLAUTH_DIGEST;
static const long lm_curl_all = CURL_GLOBAL_ALL;
static const short lm_curl_readable = CURL_WAIT_POLLIN;

/* curl_easy_setopt and curl_easy_getinfo take an argument of any type, which Swift cannot pass. */
static inline CURLcode lm_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lm_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lm_curl_set_fields(CURL *handle, struct curl_slist *fields) {
    return curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields);
}
static inline long lm_curl_os_error(CURL *handle) {
    long code = 0;
    curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &code);
    return code;
}

/* Who is given the lines of heads, one at a time, and the bytes of bodies. Takes all by returning `count`; else the transfer ends. */
typedef size_t (*lm_curl_sink)(char *bytes, size_t size, size_t count, void *context);

static inline void lm_curl_set_sinks(CURL *handle, lm_curl_sink head, lm_curl_sink body, void *context) {
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, head);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

/* HTTP and HTTPS alone, for the address and for where a server sends us. Nonzero where that cannot be set. */
static inline int lm_curl_allow_only_http(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        || curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    long allowed = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, allowed)
        || curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, allowed);
#endif
}

/* Closing does not wait for a name server that does not answer. */
static inline void lm_curl_close_quickly(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
#endif
}
