# Listens for the probes of a swarm check and prints each one that arrives as "seen|CHECK|SENDER|SIZE". Ends by itself after
# CHECK_SECONDS, or a second after its connection was closed.
#
# It listens on TCP ports itself, except where another program does. Datagrams are read from raw sockets: the kernel gives them a copy of
# what passed the firewall's INPUT chains, also of packets for ports that the engine or the kernel's VXLAN uses.
use strict;
use warnings;
use Errno qw(EADDRINUSE);
use Socket qw(:DEFAULT IPPROTO_IPV6 IPV6_V6ONLY pack_sockaddr_in6 IN6ADDR_ANY);

$| = 1;
$SIG{$_} = sub { exit 0 } for qw(TERM INT HUP ALRM PIPE);
alarm $ENV{CHECK_SECONDS};

my $token = $ENV{CHECK_TOKEN};
my (@kept, %tcp, %raw, %seen);

sub place {
  my ($family, $port) = @_;
  return $family == 6 ? pack_sockaddr_in6($port, IN6ADDR_ANY) : pack_sockaddr_in($port, INADDR_ANY);
}

# The socket bound to a port, or why there is none.
sub bound {
  my ($family, $type, $port) = @_;
  my $socket;
  socket($socket, $family == 6 ? AF_INET6 : AF_INET, $type, 0) or return (undef, "$!");
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) if $family == 6;
  setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) if $type == SOCK_STREAM;
  if (bind($socket, place($family, $port)) && ($type != SOCK_STREAM || listen($socket, 128))) { return ($socket, 'bound') }
  return (undef, $! == EADDRINUSE ? 'taken' : "$!");
}

# Keeps the traffic of a busy host out of the socket: only packets with "tsma" after the eight bytes of header pass.
sub filter {
  my ($socket, $family) = @_;
  my @code = $family == 6 ? ([0x20, 0, 0, 8]) : ([0xb1, 0, 0, 0], [0x40, 0, 0, 8]);
  my $program = join '', map { pack 'S C C L', @$_ } @code, [0x15, 0, 1, 0x74736d61], [0x06, 0, 0, 0xffff], [0x06, 0, 0, 0];
  setsockopt($socket, SOL_SOCKET, 26, pack('S x![P] P', length($program) / 8, $program)) or warn "no filter: $!\n";
}

for my $family (split ' ', $ENV{CHECK_FAMILIES}) {
  for my $type (['tcp', SOCK_STREAM, $ENV{CHECK_TCP}], ['udp', SOCK_DGRAM, $ENV{CHECK_UDP}]) {
    for my $port (split ' ', $type->[2]) {
      my ($socket, $state) = bound($family, $type->[1], $port);
      print "port|$type->[0]/$port|$state\n";
      next if !$socket;
      push @kept, $socket;
      $tcp{fileno $socket} = $socket if $type->[0] eq 'tcp';
    }
  }
  for my $protocol (17, $ENV{CHECK_ESP} ? 50 : ()) {
    my $name = $protocol == 50 ? 'esp' : 'udp';
    my $socket;
    if (socket($socket, $family == 6 ? AF_INET6 : AF_INET, SOCK_RAW, $protocol)) {
      filter($socket, $family);
      $raw{fileno $socket} = [$socket, $family, $name];
    } else {
      print "unseen|$name|$!\n";
    }
  }
}
print "ready|$$\n";

# Prints a packet that is a probe, with the size of the whole IP packet.
sub receive {
  my ($socket, $family, $name) = @_;
  my $packet;
  defined recv($socket, $packet, 65535, 0) or return;
  my $header = $family == 6 ? 0 : 4 * (ord($packet) & 15);
  return if length($packet) < $header + 8;
  my ($word, $theirs, $sender) = split ' ', substr($packet, $header + 8, 80);
  return if !defined $sender || $word ne 'tsmachine' || $theirs ne $token;
  my $size = length($packet) + ($family == 6 ? 40 : 0);
  my $check = $name eq 'esp' ? 'esp' : 'udp/' . unpack('n', substr($packet, $header + 2, 2));
  print "seen|$check|$sender|$size\n" if !$seen{"$check $sender $size"}++;
}

while (1) {
  my $wanted = '';
  vec($wanted, $_, 1) = 1 for keys %tcp, keys %raw;
  if (select($wanted, undef, undef, 1) <= 0) {
    print "alive\n"; # after the connection was closed, this ends the program by SIGPIPE
    next;
  }
  for my $number (grep { vec($wanted, $_, 1) } keys %tcp) {
    my $caller;
    close $caller if accept($caller, $tcp{$number});
  }
  receive(@{$raw{$_}}) for grep { vec($wanted, $_, 1) } keys %raw;
}
