/** A name at a registry that refuses connections at once: what is not loaded beforehand is nowhere. */
export const swarmImage = '127.0.0.1:1/lab/swarm:1';

/** For classic swarm's own image: a master that answers over TLS with the files and at the port it is given, an agent that stays. */
export const swarmProgram = String.raw`#!/bin/sh
[ "$1" = manage ] || exec sleep 1000000
while [ $# -gt 0 ]; do
  case $1 in
    --tlscacert=*) ca=${'$'}{1#*=} ;;
    --tlscert=*) cert=${'$'}{1#*=} ;;
    --tlskey=*) key=${'$'}{1#*=} ;;
    -H) port=${'$'}{2##*:} ;;
  esac
  shift
done
exec openssl s_server -accept "$port" -cert "$cert" -key "$key" -CAfile "$ca" -Verify 1 -verify_return_error -HTTP
`;

/** Makes the image out of programs of the host, without a registry; the program comes on standard input. */
export const importSwarmImage = String.raw`set -e
systemctl enable --now docker
dir=$(mktemp -d)
tar -C / -ch $(ldd /bin/sh /bin/sleep /usr/bin/openssl | grep -o "/[^ :]*" | sort -u | sed "s,^/,,") | tar -C "$dir" -x
cat > "$dir/swarm"
chmod 755 "$dir" "$dir/swarm"
printf "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK" > "$dir/_ping"
tar -C "$dir" -c . | docker import --change 'ENTRYPOINT ["/swarm"]' --change "ENV PATH=/usr/bin:/bin" - ${swarmImage}
rm -r "$dir"`;
