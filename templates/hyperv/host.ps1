$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $computer = Hyper-V\Get-VMHost
  $switches = @(Hyper-V\Get-VMSwitch | ForEach-Object { @{ id = [string]$_.Id; name = $_.Name; type = [string]$_.SwitchType } })
  $value = @{ cpus = $computer.LogicalProcessorCount; memory = $computer.MemoryCapacity; switches = $switches }
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
