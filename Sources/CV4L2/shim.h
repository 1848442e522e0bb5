/* V4L2's types, and what Swift cannot import of them: request numbers, pixel formats, unions, eventfd. */
#pragma once
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <sys/eventfd.h>

static const unsigned long lm_vidioc_querycap = VIDIOC_QUERYCAP;
static const unsigned long lm_vidioc_enum_fmt = VIDIOC_ENUM_FMT;
static const unsigned long lm_vidioc_enum_framesizes = VIDIOC_ENUM_FRAMESIZES;
static const unsigned long lm_vidioc_enum_frameintervals = VIDIOC_ENUM_FRAMEINTERVALS;
static const unsigned long lm_vidioc_g_fmt = VIDIOC_G_FMT;
static const unsigned long lm_vidioc_s_fmt = VIDIOC_S_FMT;
static const unsigned long lm_vidioc_g_parm = VIDIOC_G_PARM;
static const unsigned long lm_vidioc_s_parm = VIDIOC_S_PARM;
static const unsigned long lm_vidioc_reqbufs = VIDIOC_REQBUFS;
static const unsigned long lm_vidioc_querybuf = VIDIOC_QUERYBUF;
static const unsigned long lm_vidioc_qbuf = VIDIOC_QBUF;
static const unsigned long lm_vidioc_dqbuf = VIDIOC_DQBUF;
static const unsigned long lm_vidioc_streamon = VIDIOC_STREAMON;
static const unsigned long lm_vidioc_streamoff = VIDIOC_STREAMOFF;
static const unsigned long lm_vidioc_subscribe_event = VIDIOC_SUBSCRIBE_EVENT;
static const unsigned long lm_vidioc_dqevent = VIDIOC_DQEVENT;

/* libv4l2's ioctl, which takes any number of arguments in C. */
static inline int lm_v4l2_ioctl(int descriptor, unsigned long request, void *argument) {
    return v4l2_ioctl(descriptor, request, argument);
}
/* What libv4l2 has to say goes into our errors, not to standard error. */
static inline void lm_v4l2_be_quiet(void) {
    if (!v4l2_log_file) v4l2_log_file = fopen("/dev/null", "we");
}
