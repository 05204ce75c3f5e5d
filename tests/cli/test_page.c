/* The pages of eval and diff: whole, harmless whatever the names, asking nothing of the network; written complete or not at all.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

#define KERAS "'" DATA "/keras/mnist_cnn.keras'"
#define DIGITS "'" DATA "/mnist/t10k-images-idx3-ubyte.gz'"
#define CALIBRATION "'" DATA "/mnist/mnist_calibration.npz'"

static char page[1 << 20];

static void read_page(const char *name) {
    FILE *f = fopen(scratch_path(&work, name), "rb");
    assert_non_null(f);
    page[fread(page, 1, sizeof page - 1, f)] = 0;
    fclose(f);
}

static int count(const char *part) {
    int n = 0;
    for (const char *at = page; (at = strstr(at, part)) != NULL; at++) n++;
    return n;
}

static void make_models(void) {
    run("test -f m.tflite || { printf '<script>alert(1)</script>\\n\"q\\047&\\nc\\n\\001\\nd\\ne\\nf\\ng\\nh\\ni\\n' > labels && "
        "tuff convert " KERAS " -o m.tflite --input-range 0..1 --labels labels && rm labels && cp m.tflite '<img src=x onerror=a>&.tflite' && "
        "tuff quantize m.tflite -o q.tflite --data " CALIBRATION "; }");
    assert_ok();
}

/* Every tag that the page has is its own. */
static void assert_harmless(void) {
    assert_int_equal(strncmp(page, "<!DOCTYPE html>", 15), 0);
    assert_has(page, "</html>\n");
    assert_has(page, "default-src 'none'");
    assert_int_equal(count("<script"), 0);
    assert_int_equal(count("<img src=x"), 0);
    assert_int_equal(count("http:") + count("https:") + count("url(") + count("@import") + count("<link"), 0);
    assert_int_equal(count("<img"), count(" src=\"data:image/png;base64,"));
    assert_int_equal(count("\x01"), 0);
    assert_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
    assert_has(page, "&quot;q&#39;&amp;");
    assert_has(page, "&lt;img src=x onerror=a&gt;&amp;.tflite</h1>");
}

static void test_eval_writes_a_page_that_no_name_can_break(void **state) {
    (void)state;
    make_models();
    run("tuff eval '<img src=x onerror=a>&.tflite' --data " DIGITS " --limit 2000 --html p.html");
    assert_ok();
    assert_has(out, "wrote      p.html\n");
    read_page("p.html");
    assert_harmless();
    assert_has(page, "<h2>Confusion</h2>");
    assert_has(page, "<h2>Reliability</h2>");
    assert_int_equal(count("<figure>"), 24); /* of 2000 samples there are more mistakes than that */
    run("rm p.html");
}

static void test_diff_writes_a_page_that_no_name_can_break(void **state) {
    (void)state;
    make_models();
    run("tuff diff q.tflite '<img src=x onerror=a>&.tflite' --data " DIGITS " --limit 30 --html p.html");
    assert_ok();
    read_page("p.html");
    assert_int_equal(count("&lt;img src=x onerror=a&gt;&amp;.tflite against q.tflite</h1>"), 1);
    assert_int_equal(count("<script") + count("<img src=x") + count("http"), count("http-equiv"));
    assert_has(page, "<h2>Error along the layers</h2>");
    assert_has(page, "<circle ");
    assert_int_equal(count("aria-label=\"histogram\""), 6);
    assert_int_equal(count("data:image/png;base64,"), 12);
    run("rm p.html");
}

static void test_a_page_is_written_or_not_at_all(void **state) {
    (void)state;
    make_models();
    run("tuff eval m.tflite --data " DIGITS " --limit 10 --html absent/p.html");
    assert_refused(1, "absent/p.html: ", 3);
    run("tuff diff m.tflite q.tflite --data " DIGITS " --limit 10 --html absent/p.html");
    assert_refused(1, "absent/p.html: ", 3);
    run("tuff eval m.tflite --data " DIGITS " --html -");
    assert_refused(2, "--html wants a file", 3);
    run("tuff eval m.tflite --against q.tflite --data '%s/digit.png' --html p.html", DATA);
    assert_refused(1, "label", 3);
    run("tuff diff m.tflite q.tflite --data absent --html p.html");
    assert_refused(1, "absent: ", 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_eval_writes_a_page_that_no_name_can_break),
        cmocka_unit_test(test_diff_writes_a_page_that_no_name_can_break),
        cmocka_unit_test(test_a_page_is_written_or_not_at_all),
    };
    return cmocka_run_group_tests_name("pages", tests, open_folders, close_folders);
}
