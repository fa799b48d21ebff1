$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\Get-VM -Id $in.id
  Hyper-V\Set-VMProcessor -VM $vm -Count $in.cpus
  if ($in.dynamic) {
    Hyper-V\Set-VMMemory -VM $vm -DynamicMemoryEnabled $true -MinimumBytes $in.minimum -StartupBytes $in.memory -MaximumBytes $in.memory
  } else {
    Hyper-V\Set-VMMemory -VM $vm -DynamicMemoryEnabled $false -StartupBytes $in.memory
  }
  if ($in.mac) { Hyper-V\Set-VMNetworkAdapter -VM $vm -StaticMacAddress $in.mac }
  if ($in.vlan) { Hyper-V\Set-VMNetworkAdapterVlan -VM $vm -Access -VlanId $in.vlan }
  # Windows Server 2016 has no automatic checkpoints
  if ((Get-Command -Name Hyper-V\Set-VM).Parameters.ContainsKey('AutomaticCheckpointsEnabled')) {
    Hyper-V\Set-VM -VM $vm -AutomaticCheckpointsEnabled $false
  }
  $out = @{ value = $null }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
