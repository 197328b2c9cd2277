import Foundation

/// Makes `cod` believe that the file system has no files without a name, as those of network drives have none: a library that is
/// loaded before the system's.
struct NamedPartials: Sendable {
    /// Compiled once; `nil` where that cannot be done.
    static let library: NamedPartials? = try? NamedPartials()

    private let scratch: Scratch

    var environment: [String: String] { ["LD_PRELOAD": scratch.path("named.so")] }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <stdarg.h>

        static int opened(const char *name, int folder, const char *path, int flags, va_list rest) {
            if ((flags & O_TMPFILE) == O_TMPFILE) return errno = EOPNOTSUPP, -1;
            int (*next)(int, const char *, int, ...) = dlsym(RTLD_NEXT, name);
            return flags & O_CREAT ? next(folder, path, flags, va_arg(rest, int)) : next(folder, path, flags);
        }

        int openat(int folder, const char *path, int flags, ...) {
            va_list rest;
            va_start(rest, flags);
            return opened("openat", folder, path, flags, rest);
        }

        int openat64(int folder, const char *path, int flags, ...) {
            va_list rest;
            va_start(rest, flags);
            return opened("openat64", folder, path, flags, rest);
        }
        """

    private init() throws {
        #if !os(Linux)
            throw CocoaError(.featureUnsupported)
        #endif
        scratch = try Scratch()
        try Data(Self.source.utf8).write(to: URL(fileURLWithPath: scratch.path("named.c")))
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", "-shared", "-fPIC", "-o", scratch.path("named.so"), scratch.path("named.c"), "-ldl"]
        compiler.standardError = FileHandle.nullDevice
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
