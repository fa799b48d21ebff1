# Returns before the host goes down, so that the SSH connection can be closed properly.
if command -v systemctl >/dev/null 2>&1 && [ -d /run/systemd/system ]; then
  systemctl --no-block reboot
else
  (sleep 1; reboot || shutdown -r now) >/dev/null 2>&1 &
fi
