/* What the quantizer asks of a feed, beyond tuff/data.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_DATA_FEED_H
#define TUFF_KIT_DATA_FEED_H

#include "tuff/data.h"

/* Name of the model metadata entry that keeps what calibration pictures looked like; its content is tuff_feed_calibration's text. */
#define TUFF_CALIBRATION_METADATA "tuff_calibration"
/* {"background": 1.25, "samples": 500}: the mean raw value (0..255, after invert) of the border pixels of all pictures fed so far.
 * false where none was fed. */
bool tuff_feed_calibration(const tuff_feed *feed, char text[96]);

#endif
