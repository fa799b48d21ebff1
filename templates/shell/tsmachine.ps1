# Completion for PowerShell. The program itself lists the completions.
Register-ArgumentCompleter -Native -CommandName '@PROGRAM@' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object {
            if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
        })
    $ask = @('completion', '--words')
    # before PowerShell 7.3, empty arguments are not passed to programs
    if ($wordToComplete -eq '') { $ask += '--new-word' } else { $typed += $wordToComplete }
    $ask += @('--') + $typed
    & (Get-Command -Name '@PROGRAM@' -CommandType Application, ExternalScript | Select-Object -First 1) @ask 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if ($word -eq ':files' -or $word -eq ':folders') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
        } else {
            $tip = if ($about) { $about } else { $word }
            [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $tip)
        }
    }
}
