/** Interfaces whose addresses belong to containers or virtual networks, not to the host. */
const virtual = /^(docker|br-|veth|virbr|cni|flannel|cali|cilium|lxc|lxd|podman|vxlan|kube|nodelocaldns|tunl)/;

/**
 * Global addresses from `ip -o addr show scope global`, in its order, IPv4 first.
 * Temporary (RFC 8981) and deprecated IPv6 addresses are left out, because they change during a machine's life.
 */
export function parseAddresses(lines: readonly string[]): string[] {
  const found = lines.flatMap((line) => {
    const match = /^\d+:\s+(\S+)\s+inet6?\s+([^\s/]+)/.exec(line);
    if (!match?.[1] || !match[2] || virtual.test(match[1])) return [];
    return /\b(temporary|deprecated|tentative|dadfailed)\b/.test(line) ? [] : [match[2]];
  });
  const unique = [...new Set(found)];
  return [...unique.filter((ip) => !ip.includes(':')), ...unique.filter((ip) => ip.includes(':'))];
}
