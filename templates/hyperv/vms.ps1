$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $vms = @(Hyper-V\Get-VM | ForEach-Object {
    $created = $_.CreationTime.ToUniversalTime().ToString('o')
    @{ id = [string]$_.Id; name = $_.Name; notes = [string]$_.Notes; path = $_.Path; state = [string]$_.State; created = $created }
  })
  $value = @{ vms = $vms }
  # users who may not see virtual machines get an empty list and no error
  if ($vms.Count -eq 0) {
    $me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
    $value.administrator = $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    $value.hyperVAdministrator = $me.IsInRole((New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-578'))
  }
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
