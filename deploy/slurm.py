"""Grade on a SLURM cluster: ``python deploy/slurm.py JOBS grade --all ...`` (needs dask-jobqueue).

Starts JOBS jobs of eight workers each, waits for the first of them, and runs ``course`` with its address.
"""

import subprocess
import sys


def command(address, arguments):
    """Return the course's command line with the scheduler's address in it."""
    return ["course", *arguments, "--scheduler", address]


def main():
    """Start the jobs, and grade."""
    from dask_jobqueue import SLURMCluster

    jobs, *arguments = sys.argv[1:]
    # Eight processes with one thread each: a check takes over its process.
    settings = {"cores": 8, "processes": 8, "memory": "24GB", "walltime": "02:00:00"}
    with SLURMCluster(**settings) as cluster:
        cluster.scale(jobs=int(jobs))
        cluster.wait_for_workers(1)
        sys.exit(subprocess.call(command(cluster.scheduler_address, arguments)))


if __name__ == "__main__":
    main()
