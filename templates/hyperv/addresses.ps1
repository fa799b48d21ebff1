$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\Get-VM -Id $in.id
  $adapters = @(Hyper-V\Get-VMNetworkAdapter -VM $vm)
  # an adapter has no MAC address before its first start
  $macs = @($adapters | ForEach-Object { $_.MacAddress } | Where-Object { $_ -ne '000000000000' })
  $entries = Get-NetNeighbor | Where-Object { $macs -contains ([string]$_.LinkLayerAddress).Replace('-', '') }
  $neighbours = @($entries | ForEach-Object { $_.IPAddress })
  $value = @{ state = [string]$vm.State; reported = @($adapters | ForEach-Object { $_.IPAddresses }); neighbours = $neighbours }
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
