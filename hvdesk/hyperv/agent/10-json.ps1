# hvdesk agent: runs on a Hyper-V host inside powershell.exe, takes one JSON request per line of standard input and
# answers each with one JSON line. Written in PowerShell 3.0 syntax (Windows Server 2012); plain ASCII.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'   # powershell.exe writes warnings to standard output
$ConfirmPreference = 'None'               # nobody is there to answer

$script:Protocol = 1

function ConvertTo-AsciiJson($Value) {
    # Values are plain: texts, numbers, booleans, hashtables and arrays that never passed a pipeline. (One that did
    # carries the Count which PowerShell adds to arrays, and would become {"value":[..],"Count":n}.)
    $json = ConvertTo-Json -InputObject $Value -Depth 10 -Compress
    $escape = { param($match) '\u{0:x4}' -f [int][char]$match.Value }
    [regex]::Replace($json, '[^\x20-\x7e]', $escape)
}

function Write-Message([string]$Json) {
    # The console's writer, never the formatter, which wraps at the console's width.
    [Console]::Out.WriteLine('@hvdesk ' + $Json)
    [Console]::Out.Flush()
}
