# Prints what may drop packets on this host as "key|text" lines: rules and policies of iptables that drop or reject, and chains of
# nftables that filter. Changes nothing.
export LC_ALL=C

for table in iptables ip6tables; do
  command -v "$table" >/dev/null 2>&1 || continue
  "$table" -S 2>/dev/null | grep -E -e '-(j|P) .*(DROP|REJECT)' |
    grep -v -E '^-[AP] (FORWARD|DOCKER)' | sed "s/^/$table|/"
done
if command -v nft >/dev/null 2>&1; then
  nft list ruleset 2>/dev/null | sed -n '/hook input/,/}/p; /hook output/,/}/p' | grep -E 'drop|reject|jump' | sed 's/^[[:space:]]*/nft|/'
fi
echo 'end|yes'
