"""Removing a folder that somebody hostile has filled."""

from __future__ import annotations

import os
import secrets


def remove(folder: str) -> None:
    """Remove a folder and all that is in it, however deep that is and whatever it may be called.

    What is deeper than one level is first moved up to ``folder``, in which nobody else may write. So no
    path gets too long, no call goes deeper and deeper, and no link is followed.

    Parameters
    ----------
    folder : str
        A folder that only this process has written in.

    Raises
    ------
    OSError
        If something can't be removed.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp()
    >>> os.makedirs(os.path.join(folder, "a", "b"))
    >>> remove(folder)
    >>> os.path.exists(folder)
    False
    """
    prefix, count = secrets.token_hex(8), 0
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        todo = [name for name in os.listdir(top) if not _unlink(name, top)]
        while todo:
            name = todo.pop()
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for part in os.listdir(inner):
                    if not _unlink(part, inner):
                        count += 1
                        todo.append(f"{prefix}-{count}")
                        os.rename(part, todo[-1], src_dir_fd=inner, dst_dir_fd=top)
            finally:
                os.close(inner)
            os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)
    os.rmdir(folder)


def _unlink(name: str, place: int) -> bool:
    """Remove what is no folder; let a folder be opened and moved."""
    try:
        os.unlink(name, dir_fd=place)
    except (IsADirectoryError, PermissionError):
        os.chmod(name, 0o700, dir_fd=place)
        return False
    return True
