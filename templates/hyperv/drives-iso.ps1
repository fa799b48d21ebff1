$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\Get-VM -Id $in.id
  Hyper-V\Add-VMHardDiskDrive -VM $vm -Path $in.disk
  Hyper-V\Get-VMDvdDrive -VM $vm | Hyper-V\Set-VMDvdDrive -Path $in.iso
  $out = @{ value = $null }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
