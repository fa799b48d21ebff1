$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\Get-VM -Id $in.id
  if ($vm.State -eq 'Paused') { Hyper-V\Resume-VM -VM $vm } else { Hyper-V\Start-VM -VM $vm }
  $out = @{ value = $null }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
