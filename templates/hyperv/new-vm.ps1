$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try {
  $in = @($input)[0] | ConvertFrom-Json
  $vm = Hyper-V\New-VM -Name $in.name -Path $in.path -Generation $in.generation -MemoryStartupBytes $in.memory -SwitchName $in.switch -NoVHD
  Hyper-V\Set-VM -VM $vm -Notes $in.notes
  $value = [string]$vm.Id
  $out = @{ value = $value }
} catch {
  $out = @{ error = @{ message = $_.Exception.Message; id = $_.FullyQualifiedErrorId } }
}
[Console]::Out.WriteLine([regex]::Replace((ConvertTo-Json $out -Compress -Depth 5), '[^ -~]', { '\u{0:x4}' -f [int]$args[0].Value[0] }))
