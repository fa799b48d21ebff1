$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\Get-VM -Id $in.id
  Hyper-V\Add-VMHardDiskDrive -VM $vm -Path $in.disk
  Hyper-V\Add-VMDvdDrive -VM $vm -Path $in.seed
  Hyper-V\Set-VMFirmware -VM $vm -FirstBootDevice (Hyper-V\Get-VMHardDiskDrive -VM $vm)
  if ($in.secureBoot) {
    Hyper-V\Set-VMFirmware -VM $vm -EnableSecureBoot On -SecureBootTemplate MicrosoftUEFICertificateAuthority
  } else {
    Hyper-V\Set-VMFirmware -VM $vm -EnableSecureBoot Off
  }
  $out = @{ value = $null }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
