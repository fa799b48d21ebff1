$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $value = @(Hyper-V\Get-VM | ForEach-Object {
    @{ id = [string]$_.Id; name = $_.Name; notes = [string]$_.Notes; path = $_.Path; state = [string]$_.State }
  })
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
