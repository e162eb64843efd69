"""What looks for something that must not be there, or does what must not be possible."""

from .forms import leak

LEAKS = (
    [
        leak(f"reads {path}", f"print('LEAK', open({path!r}).read(9))")
        for path in (
            "/etc/passwd",
            "/etc/hostname",
            "/proc/self/environ",
            "/proc/1/maps",
            "/proc/self/mem",
            "/work/main/gradebook.db",
            "/sys/kernel/notes",
            "/dev/mem",
            "/root/.bashrc",
            "/etc/shadow",
            "/proc/self/root/etc/hostname",
            "/proc/1/root/etc/hostname",
            "/proc/1/environ",
            "/proc/kcore",
            "/dev/kmsg",
            "../../../../../../etc/hostname",
        )
    ]
    + [
        leak(
            "a link out",
            "import os\nos.symlink('/etc/hostname', 'l')\nprint('LEAK', open('l').read(9))",
        ),
        leak("a hard link out", "import os\nos.link('/etc/hostname', 'l')\nprint('LEAK')"),
        leak(
            "looks for others' folders",
            """
import glob, os
own = os.path.realpath(".")
for path in glob.glob("/tmp/*") + glob.glob("/var/tmp/*") + glob.glob("../*"):
    if "course-" in path and not own.startswith(os.path.realpath(path)): print("LEAK", path)""",
        ),
        leak(
            "looks for hidden checks and seeds",
            """
import sys
frame = sys._getframe()
while frame:
    if "hidden" + "=True" in str(frame.f_locals)[:100_000] or "seed" in frame.f_locals: print("LEAK")
    frame = frame.f_back""",
        ),
        leak(
            "looks for notebooks",
            """
import os
for top in ("/work", "/home", "/root", "/srv", "/mnt", "/media", "/var", "/opt"):
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in ("lib", "lib64", "__pycache__")]
        if any(name.endswith((".ipynb", ".db")) for name in files): print("LEAK", folder)""",
        ),
        leak(
            "stops its parent",
            "import os\nif os.getppid(): os.kill(os.getppid(), 19)\nelse: 1 / 0\nprint('LEAK')",
        ),
        leak("goes ahead of others", "import os\nos.nice(-5)\nprint('LEAK')"),
        leak(
            "opens a socket past Python",
            "import ctypes\nif ctypes.CDLL(None).socket(2, 1, 0) >= 0: print('LEAK')",
        ),
        leak(
            "talks to the kernel",
            "import ctypes\nif ctypes.CDLL(None).socket(16, 3, 0) >= 0: print('LEAK')",
        ),
        leak(
            "looks a name up", "import socket\nsocket.getaddrinfo('example.org', 80)\nprint('LEAK')"
        ),
        leak(
            "remounts by its old name",
            "import os\nos.chdir('/')\nos.mkdir('proc-again')\nprint('LEAK')",
        ),
        leak(
            "opens an editor of files by number",
            "import os\nos.open('/', os.O_TMPFILE | os.O_RDWR)\nprint('LEAK')",
        ),
        leak(
            "changes the rights of a file", "import os\nos.chmod(os.__file__, 0o777)\nprint('LEAK')"
        ),
        leak(
            "removes a file of the library",
            "import course_lib.checks.judge as m, os\nos.remove(m.__file__)\nprint('LEAK')",
        ),
        leak("lists other processes", "import os\nos.listdir('/proc') and print('LEAK')"),
        leak(
            "finds solutions",
            """
import course_lib, pathlib
root = pathlib.Path(course_lib.__file__).parents[1]
if list(root.glob("solutions*")) + list(root.glob("*.db")) + list(root.glob("submitted*")): print("LEAK")""",
        ),
        leak(
            "environment",
            """
import os
if any("KEY" in k or "TOKEN" in k or k == "USER" for k in os.environ): print("LEAK")""",
        ),
        leak("opens a socket", "import socket\nsocket.socket()\nprint('LEAK')"),
        leak("opens a unix socket", "import socket\nsocket.socket(socket.AF_UNIX)\nprint('LEAK')"),
        leak(
            "asks for a web page",
            """
import urllib.request
urllib.request.urlopen("http://localhost:1/")
print("LEAK")""",
        ),
        leak("starts a program", "import subprocess\nsubprocess.run(['/bin/true'])\nprint('LEAK')"),
        leak("os.system", "import os\nif os.system('true') == 0: print('LEAK')"),
        leak("starts a process", "import os\nif os.fork() == 0: os._exit(0)\nprint('LEAK')"),
        leak(
            "writes into the library",
            """
import course_lib.checks.judge as module
open(module.__file__, "a").write("#")
print("LEAK")""",
        ),
        leak(
            "writes into the standard library", "import os\nopen(os.__file__, 'a')\nprint('LEAK')"
        ),
        leak("plants a numpy.py", "open('/numpy.py', 'w')\nprint('LEAK')"),
        leak("makes a device", "import os\nos.mknod('/tmp/d', 0o20666, 0x103)\nprint('LEAK')"),
        leak("chroot", "import os\nos.mkdir('/tmp/r')\nos.chroot('/tmp/r')\nprint('LEAK')"),
        leak("becomes root", "import os\nos.setuid(0)\nprint('LEAK')"),
        leak(
            "raises its limits",
            """
import resource
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
print("LEAK")""",
        ),
    ]
    + [
        leak(
            f"calls {call}",
            f"""
import ctypes
libc = ctypes.CDLL(None)
if libc.{call} >= 0: print("LEAK")""",
        )
        for call in (
            "mount(b'x', b'/tmp', b'tmpfs', 0, None)",
            "umount(b'/tmp')",
            "unshare(0x10000000)",
            "unshare(0x00020000)",
            "setns(3, 0)",
            "ptrace(16, 1, 0, 0)",
            "sethostname(b'x', 1)",
            "syscall(435, 0, 0)",
            "syscall(425, 8, 0)",
            "syscall(321, 0, 0, 0)",
            "personality(0)",
            "memfd_create(b'x', 0)",
            "shmget(0, 4096, 0o1600)",
            "msgget(0, 0o1600)",
            "semget(0, 1, 0o1600)",
            "syscall(101, 0, 0, 0, 0)",
            "syscall(434, 1, 0)",
            "syscall(250, 0, -2, 0)",
            "syscall(323, 0)",
            "syscall(272, 0x10000000)",
            "chroot(b'/')",
            "prctl(4, 1) + libc.prctl(38, 0, 0, 0, 0)",
        )
    ]
)
