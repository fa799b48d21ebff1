$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $value = @{ module = [bool](Get-Module -ListAvailable -Name Hyper-V) }
  if ($value.module) {
    $me = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
    $value.administrator = $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    $value.hyperVAdministrator = $me.IsInRole((New-Object Security.Principal.SecurityIdentifier 'S-1-5-32-578'))
  }
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
