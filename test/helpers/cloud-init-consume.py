"""Lets cloud-init consume the user data in a file as it does at boot, in a folder of its own, and prints what comes of it as JSON.

Usage: python3 cloud-init-consume.py USER-DATA FOLDER
"""
import json
import logging
import os
import sys

from cloudinit import distros, helpers, stages, util
from cloudinit.distros import ug_util
from cloudinit.sources import DataSource

file, folder = sys.argv[1:3]
warnings = []


class Warnings(logging.Handler):
    def emit(self, record):
        warnings.append(record.getMessage())


logging.getLogger().addHandler(Warnings(logging.WARNING))
base = {
    "users": ["default"],
    "disable_root": True,
    "system_info": {
        "distro": "debian",
        "default_user": {"name": "debian", "gecos": "Debian", "groups": ["adm", "sudo"], "sudo": ["ALL=(ALL) NOPASSWD:ALL"], "shell": "/bin/bash"},
        "paths": {"cloud_dir": os.path.join(folder, "cloud"), "run_dir": os.path.join(folder, "run")},
    },
}
paths = helpers.Paths(base["system_info"]["paths"])
distro = distros.fetch("debian")("debian", base["system_info"], paths)
source = DataSource({}, distro, paths)
source.metadata = {"instance-id": "i-1"}
with open(file, "rb") as stream:
    source.userdata_raw = stream.read()
paths.datasource = source

init = stages.Init()
init.read_cfg = lambda extra_fns=None: None
init._reset = lambda reset_ds=False: None
init._cfg, init._paths, init._distro, init.datasource = base, paths, distro, source
init._initialize_filesystem()
init._reflect_cur_instance()
os.makedirs(paths.run_dir, exist_ok=True)
util.write_file(paths.get_runpath("instance_data_sensitive"), json.dumps({"v1": {"local_hostname": "from-jinja"}}))
init._consume_userdata()

with open(paths.get_ipath("cloud_config")) as stream:
    merged = util.load_yaml(stream.read(), default={})
scripts = {}
for name in sorted(os.listdir(paths.get_ipath_cur("scripts"))):
    path = os.path.join(paths.get_ipath_cur("scripts"), name)
    with open(path) as stream:
        scripts[name] = {"text": stream.read(), "mode": oct(os.stat(path).st_mode & 0o777)}
# What the user data says wins over the image's own.
config = util.mergemanydict([json.loads(json.dumps(merged)), base])
users, _groups = ug_util.normalize_users_groups(config, distro)
print(json.dumps({"merged": merged, "users": users, "scripts": scripts, "warnings": warnings}))
