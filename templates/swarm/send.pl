# Sends the probes of a swarm check. Each line of CHECK_TARGETS is "NUMBER ADDRESS CHECK...", a check is tcp/PORT, udp/PORT:SIZE,SIZE or
# esp:SIZE. Prints "tcp|CHECK|NUMBER|open" or the reason, and "unsent|CHECK|NUMBER|SIZE|REASON" for what could not leave this host.
use strict;
use warnings;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 IPPROTO_IP IPPROTO_IPV6);
use Errno qw(EINPROGRESS);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);

$| = 1;
alarm $ENV{CHECK_SECONDS};
$SIG{$_} = sub { exit 0 } for qw(TERM INT HUP ALRM PIPE);

my $timeout = 3.5; # seconds: enough for two more attempts of the kernel to connect
my @pauses = (0.2, 0.5, 0.3); # seconds: each datagram is sent three times, since some get lost
my (%connections, @datagrams, %reported);

sub place {
  my ($address, $port) = @_;
  return $address =~ /:/ ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) : pack_sockaddr_in($port, inet_pton(AF_INET, $address));
}

sub start_connection {
  my ($number, $address, $check, $port) = @_;
  my $socket;
  socket($socket, $address =~ /:/ ? AF_INET6 : AF_INET, SOCK_STREAM, 0) or return print "tcp|$check|$number|$!\n";
  fcntl($socket, F_SETFL, fcntl($socket, F_GETFL, 0) | O_NONBLOCK);
  if (connect($socket, place($address, $port))) { print "tcp|$check|$number|open\n" }
  elsif ($! == EINPROGRESS) { $connections{fileno $socket} = [$socket, $check, $number] }
  else { print "tcp|$check|$number|$!\n" }
}

# A socket whose packets are never fragmented: 3 is IP_PMTUDISC_PROBE, which also ignores the path MTU that the kernel knows.
sub unfragmented {
  my ($family, $type, $protocol) = @_;
  my $socket;
  socket($socket, $family, $type, $protocol) or return undef;
  $family == AF_INET6 ? setsockopt($socket, IPPROTO_IPV6, 23, 3) : setsockopt($socket, IPPROTO_IP, 10, 3);
  return $socket;
}

sub datagrams {
  my ($number, $address, $check, $name, $port, $sizes) = @_;
  my $family = $address =~ /:/ ? AF_INET6 : AF_INET;
  my $socket = $name eq 'esp' ? unfragmented($family, SOCK_RAW, 50) : unfragmented($family, SOCK_DGRAM, 0);
  return print "unsent|$check|$number|0|$!\n" if !$socket;
  for my $size (split ',', $sizes) {
    my $text = "tsmachine $ENV{CHECK_TOKEN} $ENV{CHECK_SELF} ";
    my $payload = $text . "\0" x ($size - ($family == AF_INET6 ? 48 : 28) - length $text);
    $payload = pack('N N', 0x74736d63, 1) . $payload if $name eq 'esp'; # an ESP header: security association and number
    push @datagrams, [$socket, $payload, place($address, $port), "unsent|$check|$number|$size"];
  }
}

for my $line (split /\n/, $ENV{CHECK_TARGETS}) {
  my ($number, $address, @checks) = split ' ', $line;
  for my $each (@checks) {
    my ($check, $sizes) = split ':', $each;
    my ($name, $port) = split '/', $check;
    if ($name eq 'tcp') { start_connection($number, $address, $check, $port) }
    else { datagrams($number, $address, $check, $name, $port // 0, $sizes) }
  }
}

# Waits this many seconds for connections to be accepted or refused, and prints the results.
sub answers {
  my ($seconds) = @_;
  my $end = times_up($seconds);
  while (%connections && (my $left = $end->()) > 0) {
    my $wanted = '';
    vec($wanted, $_, 1) = 1 for keys %connections;
    next if select(undef, $wanted, undef, $left) <= 0;
    for my $number (grep { vec($wanted, $_, 1) } keys %connections) {
      my ($socket, $check, $target) = @{delete $connections{$number}};
      $! = unpack 'i', getsockopt($socket, SOL_SOCKET, SO_ERROR);
      print "tcp|$check|$target|" . ($! ? "$!" : 'open') . "\n";
    }
  }
  my $rest = $end->();
  select(undef, undef, undef, $rest) if $rest > 0 && !%connections;
}

sub times_up {
  my ($seconds) = @_;
  my $spent = clock();
  return sub { $spent + $seconds - clock() };
}

# Seconds since the host started: minimal perl has no Time::HiRes, and a change of the clock must not matter.
sub clock {
  open(my $file, '<', '/proc/uptime') or return time;
  return (split ' ', <$file>)[0];
}

for my $pause (@pauses) {
  for my $datagram (@datagrams) {
    my ($socket, $payload, $place, $prefix) = @$datagram;
    next if defined send($socket, $payload, 0, $place);
    print "$prefix|$!\n" if !$reported{$prefix}++;
  }
  answers($pause);
  $timeout -= $pause;
}
answers($timeout) if %connections;
print "tcp|$_->[1]|$_->[2]|timeout\n" for values %connections;
