/* How large the code comes out: the target's own compiler links what an invocation needs, and its `size` counts it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Linked with the compiler's libraries, so that software floating point and memcpy count. All of it happens in a temporary folder; no shell is involved.
 */
#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/codegen/codegen.h"

extern char **environ;

enum { MOST_WORDS = 400 };
typedef struct command {
    char *words[MOST_WORDS + 1];
    int count;
} command;

static void add_word(tuff_code *c, command *k, const char *word) {
    char *copy = tuff_arena_string(c->arena, word, c->error);
    if (copy && k->count < MOST_WORDS) k->words[k->count++] = copy;
}

static void add_words(tuff_code *c, command *k, const char *words) {
    while (*words) {
        const size_t length = strcspn(words, " ");
        char word[128];
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        add_word(c, k, word);
        words += length + strspn(words + length, " ");
    }
}

/* Runs it; its output goes to a file. false where it can't be run or fails. */
static bool succeeds(const command *k, const char *output) {
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0) return false;
    bool ok = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) == 0 &&
              posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0600) == 0 &&
              posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) == 0 &&
              posix_spawnp(&child, k->words[0], &actions, NULL, k->words, environ) == 0;
    if (ok) ok = waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

static void remove_folder(const char *folder) {
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;) {
        char path[4096];
        struct stat info;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= sizeof path) continue;
        if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) remove_folder(path);
        else unlink(path);
    }
    if (d) closedir(d);
    rmdir(folder);
}

static bool link_all(tuff_code *c, const char *folder, const char *program, const char *output) {
    command k = {.count = 0};
    char word[4200];
    add_word(c, &k, c->target->compiler);
    add_words(c, &k, c->target->flags);
    add_words(c, &k, "-O2 -std=c11 -ffp-contract=off -fno-math-errno -ffunction-sections -fdata-sections -nostartfiles -Wl,--gc-sections");
    /* room enough in linker scripts that take their sizes from symbols (picolibc's) */
    add_words(c, &k, "-Wl,--defsym=__flash=0x10000000,--defsym=__flash_size=0x8000000,--defsym=__ram=0x20000000,--defsym=__ram_size=0x8000000");
    snprintf(word, sizeof word, "-Wl,-e,%s_invoke", c->name);
    add_word(c, &k, word);
    snprintf(word, sizeof word, "-I%s/src", folder);
    add_word(c, &k, word);
    for (int32_t f = 0; f < c->folder.count; f++) {
        const char *path = c->folder.files[f].path;
        if (path[strlen(path) - 1] != 'c') continue;
        snprintf(word, sizeof word, "%s/%s", folder, path);
        add_word(c, &k, word);
    }
    add_words(c, &k, "-lm -o");
    add_word(c, &k, program);
    return c->error->status == TUFF_OK && k.count < MOST_WORDS && succeeds(&k, output);
}

/* The second line of `size`: text, data, bss. */
static size_t size_of(tuff_code *c, const char *program, const char *output) {
    command k = {.count = 0};
    tuff_buffer lines = {0};
    size_t text = 0, data = 0;
    add_word(c, &k, c->target->size);
    add_word(c, &k, program);
    if (c->error->status == TUFF_OK && succeeds(&k, output) && tuff_file_read(output, &lines, NULL) == TUFF_OK) {
        const char *second = strchr((const char *)lines.data, '\n');
        if (!second || sscanf(second, "%zu %zu", &text, &data) != 2) text = data = 0;
    }
    tuff_buffer_free(&lines);
    return text + data;
}

tuff_status tuff_code_measure(tuff_code *c, size_t *bytes) {
    char folder[3000], program[3100], output[3100];
    const char *root = getenv("TMPDIR");
    *bytes = 0;
    if (!*c->target->flags) return TUFF_OK; /* the host: no flash to count */
    if ((size_t)snprintf(folder, sizeof folder, "%s/tuff-XXXXXX", root && *root ? root : "/tmp") >= sizeof folder || !mkdtemp(folder)) return TUFF_OK;
    snprintf(program, sizeof program, "%s/program", folder);
    snprintf(output, sizeof output, "%s/output", folder);
    const tuff_status status = tuff_folder_write(&c->folder, folder, true, c->error);
    if (status == TUFF_OK && link_all(c, folder, program, output)) {
        const size_t flash = size_of(c, program, output);
        if (flash > c->weight_bytes) *bytes = flash - c->weight_bytes;
    }
    remove_folder(folder);
    return status;
}
