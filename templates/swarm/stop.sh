# Ends the listener with the process id CHECK_PID, if it is still the one that was started with CHECK_TOKEN.
[ -r "/proc/$CHECK_PID/environ" ] || exit 0
if tr '\0' '\n' <"/proc/$CHECK_PID/environ" 2>/dev/null | grep -qx "CHECK_TOKEN=$CHECK_TOKEN"; then
  kill "$CHECK_PID" || exit 1
fi
exit 0
