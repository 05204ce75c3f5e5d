/* Statistics of right and wrong answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>

#include "tuff/eval.h"

/* Centre and half width of the score interval; unlike p +- z sqrt(p q / n) it stays inside 0..1 and is right near both ends.
 * source: Wilson, Probable inference, the law of succession, and statistical inference (1927) */
tuff_interval tuff_wilson(int64_t hits, int64_t n) {
    if (n <= 0) return (tuff_interval){0, 1};
    const double z = 1.959963984540054, count = (double)n, p = (double)hits / count;
    const double scale = 1 + z * z / count, centre = (p + z * z / (2 * count)) / scale;
    const double half = z / scale * sqrt(p * (1 - p) / count + z * z / (4 * count * count));
    return (tuff_interval){hits == 0 ? 0 : centre - half, hits == n ? 1 : centre + half};
}

/* Under the null hypothesis each of the b + c samples falls on either side like a coin: twice the smaller tail of Binomial(b + c, 1/2). */
double tuff_mcnemar(int64_t b, int64_t c) {
    const int64_t n = b + c, least = b < c ? b : c;
    if (n <= 0) return 1;
    /* terms shrink quickly away from n / 2: start at the largest one of the tail and stop where they no longer count */
    double term = exp(lgamma((double)n + 1) - lgamma((double)least + 1) - lgamma((double)(n - least) + 1) - (double)n * log(2)), tail = 0;
    for (int64_t k = least; k >= 0 && term > tail * 1e-17; k--) {
        tail += term;
        term *= (double)k / (double)(n - k + 1);
    }
    return fmin(1, 2 * tail);
}
