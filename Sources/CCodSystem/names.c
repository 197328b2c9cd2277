// What the resolver says of a name, and what kind of file system a file is on.

#define _GNU_SOURCE

#include "CCodSystem.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#if defined(__APPLE__)
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/vfs.h>
#endif

int cod_resolve(const char *host, char *text, size_t size) {
    struct addrinfo hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    struct addrinfo *list = NULL;
    int result = getaddrinfo(host, NULL, &hints, &list);
    text[0] = 0;
    if (result != 0) {
        const char *reason = result == EAI_SYSTEM ? strerror(errno) : gai_strerror(result);
        snprintf(text, size, "%s", reason);
        return -1;
    }
    int count = 0;
    size_t length = 0;
    for (struct addrinfo *entry = list; entry != NULL; entry = entry->ai_next) {
        char address[NI_MAXHOST];
        if (getnameinfo(entry->ai_addr, entry->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST) != 0) continue;
        size_t more = strlen(address) + (count > 0 ? 1 : 0);
        if (length + more + 1 > size) break;
        if (count > 0) text[length] = '\n';
        memcpy(text + length + (count > 0 ? 1 : 0), address, strlen(address) + 1);
        length += more;
        count++;
    }
    freeaddrinfo(list);
    return count;
}

int cod_file_system_kind(int file, char *name, size_t size) {
    struct statfs raw;
    int result;
    do result = fstatfs(file, &raw);
    while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
#if defined(__APPLE__)
    snprintf(name, size, "%s", raw.f_fstypename);
#else
    // The numbers are those of statfs(2).
    static const struct {
        uint32_t number;
        const char *name;
    } kinds[] = {
        {0xEF53, "ext4"},        {0x58465342, "xfs"},    {0x9123683E, "btrfs"},    {0x01021994, "tmpfs"},
        {0x6969, "nfs"},         {0xFF534D42, "cifs"},   {0xFE534D42, "smb"},      {0x517B, "smb"},
        {0x65735546, "fuse"},    {0x794C7630, "overlay"}, {0x2011BAB0, "exfat"},   {0x4D44, "fat"},
        {0x2FC12FC1, "zfs"},     {0xF2F52010, "f2fs"},   {0x0BD00BD0, "lustre"},   {0x47504653, "gpfs"},
        {0x01021997, "9p"},      {0x00C36400, "ceph"},   {0x19830326, "beegfs"},   {0x7366746E, "ntfs"},
        {0x5346544E, "ntfs"},    {0x858458F6, "ramfs"},  {0xCA451A4E, "bcachefs"}, {0x6A656A63, "virtiofs"},
    };
    uint32_t number = (uint32_t)raw.f_type;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].number != number) continue;
        snprintf(name, size, "%s", kinds[i].name);
        return 0;
    }
    snprintf(name, size, "0x%x", number);
#endif
    return 0;
}
