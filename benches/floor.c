/* The floors: what a program does that is as short as C can be, and no more
   than it must. `benches/floor.rs` has their safe forms.

   A directory is read by getdents64 alone, the way down is by descriptors, and
   a record's type is believed. Whatever fails ends the program. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int good) {
    if (!good) {
        perror("floor");
        abort();
    }
}

static int enter(int dir, const char *name) {
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    must(fd >= 0);
    return fd;
}

static int is_dots(const char *name) {
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Each record in the directory, but `.` and `..`. */
#define EACH(fd, buf, room, record)                                              \
    for (ssize_t len; (len = getdents64(fd, buf, room)) != 0;)                   \
        for (char *at = (must(len > 0), (buf)); at < (buf) + len;)               \
            for (struct dirent64 *record = (void *)at; record;                   \
                 at += record->d_reclen, record = NULL)                          \
                if (!is_dots(record->d_name))

/* The names in a directory that are to be entered, one after the other. */
struct names {
    char *text;
    size_t len, room;
};

static void keep(struct names *names, const char *name) {
    size_t len = strlen(name) + 1;
    if (names->room - names->len < len) {
        names->room = 2 * names->room + len;
        must((names->text = realloc(names->text, names->room)) != NULL);
    }
    memcpy(names->text + names->len, name, len);
    names->len += len;
}

size_t floor_list(const char *path, char *buf, size_t room) {
    size_t found = 0;
    int fd = enter(AT_FDCWD, path);
    EACH(fd, buf, room, record) found++;
    close(fd);
    return found;
}

/* With a look at each entry's inode. */
size_t floor_stat(const char *path, char *buf, size_t room) {
    size_t found = 0;
    int fd = enter(AT_FDCWD, path);
    EACH(fd, buf, room, record) {
        struct stat stat;
        must(fstatat(fd, record->d_name, &stat, AT_SYMLINK_NOFOLLOW) == 0);
        found += stat.st_nlink != 0;
    }
    close(fd);
    return found;
}

static size_t walk(int dir, const char *name, char *buf, size_t room) {
    size_t found = 0;
    struct names names = {0};
    int fd = enter(dir, name);
    EACH(fd, buf, room, record) {
        found++;
        if (record->d_type == DT_DIR) keep(&names, record->d_name);
    }
    for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
        found += walk(fd, names.text + at, buf, room);
    free(names.text);
    close(fd);
    return found;
}

size_t floor_walk(const char *path, char *buf, size_t room) {
    return walk(AT_FDCWD, path, buf, room);
}

static size_t purge(int dir, const char *name, char *buf, size_t room) {
    size_t found = 0;
    struct names names = {0};
    int fd = enter(dir, name);
    EACH(fd, buf, room, record) {
        found++;
        if (record->d_type == DT_DIR)
            keep(&names, record->d_name);
        else
            must(unlinkat(fd, record->d_name, 0) == 0);
    }
    for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1)
        found += purge(fd, names.text + at, buf, room);
    free(names.text);
    close(fd);
    must(unlinkat(dir, name, AT_REMOVEDIR) == 0);
    return found;
}

size_t floor_remove(const char *path, char *buf, size_t room) {
    return purge(AT_FDCWD, path, buf, room);
}

/* A directory of so many empty files. */
void floor_make_wide(const char *path, size_t files) {
    char name[24];
    must(mkdir(path, 0777) == 0);
    int dir = enter(AT_FDCWD, path);
    for (size_t i = 0; i < files; i++) {
        snprintf(name, sizeof name, "%zu", i);
        int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        must(fd >= 0);
        close(fd);
    }
    close(dir);
}

/* A directory in a directory in a directory, each called `d`: so many below
   the first. No descriptors are kept, since nobody may have so many. */
void floor_make_chain(const char *path, size_t depth) {
    must(mkdir(path, 0777) == 0);
    int fd = enter(AT_FDCWD, path);
    while (depth--) {
        must(mkdirat(fd, "d", 0777) == 0);
        int below = enter(fd, "d");
        close(fd);
        fd = below;
    }
    close(fd);
}

/* Down such a chain to its end, which stays open. */
static int descend(const char *path, char *buf, size_t room, size_t *depth) {
    int fd = enter(AT_FDCWD, path);
    for (;;) {
        char name[NAME_MAX + 1] = "";
        EACH(fd, buf, room, record) strcpy(name, record->d_name);
        if (!*name) return fd;
        int below = enter(fd, name);
        close(fd);
        fd = below;
        ++*depth;
    }
}

size_t floor_walk_chain(const char *path, char *buf, size_t room) {
    size_t depth = 0;
    close(descend(path, buf, room, &depth));
    return depth;
}

size_t floor_remove_chain(const char *path, char *buf, size_t room) {
    size_t depth = 0;
    int fd = descend(path, buf, room, &depth);
    for (size_t left = depth; left; left--) {
        int above = enter(fd, "..");
        close(fd);
        must(unlinkat(above, "d", AT_REMOVEDIR) == 0);
        fd = above;
    }
    close(fd);
    must(rmdir(path) == 0);
    return depth;
}

static int status_of(pid_t pid) {
    int status;
    must(pid > 0 && waitpid(pid, &status, 0) == pid);
    return status;
}

/* The child has the parent's memory until it is another program. */
int floor_vfork(const char *program) {
    char *argv[] = {(char *)program, NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        execve(program, argv, environ);
        _exit(127);
    }
    return status_of(pid);
}

/* The child has a copy of the parent's page tables. */
int floor_fork(const char *program) {
    char *argv[] = {(char *)program, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        execve(program, argv, environ);
        _exit(127);
    }
    return status_of(pid);
}
