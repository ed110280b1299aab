# Loaded last: from here on only proxies and the built-in commands listed here do anything; every other command of the
# engine is hidden behind a function that refuses. Nothing an engine runs for the lab touches the machine it runs on.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:Allowed = 'Add-Member', 'Clear-Host', 'Clear-Variable', 'Compare-Object', 'ConvertFrom-Json',
    'ConvertFrom-SecureString', 'ConvertFrom-StringData', 'ConvertTo-Csv', 'ConvertTo-Json', 'ConvertTo-SecureString',
    'Export-ModuleMember', 'ForEach-Object', 'Format-List', 'Format-Table', 'Format-Wide', 'Get-Alias', 'Get-Command',
    'Get-Culture', 'Get-ExecutionPolicy', 'Get-Host', 'Get-Member', 'Get-Module', 'Get-PSCallStack', 'Get-Random',
    'Get-UICulture', 'Get-Unique', 'Get-Variable', 'Group-Object', 'Join-Path', 'Measure-Command', 'Measure-Object',
    'New-Guid', 'New-Object', 'New-TimeSpan', 'New-Variable', 'Out-Default', 'Out-Host', 'Out-Null', 'Out-String',
    'Pause', 'prompt', 'Remove-Variable', 'Select-Object', 'Set-StrictMode', 'Set-Variable', 'Sort-Object',
    'Split-Path', 'Start-Sleep', 'TabExpansion2', 'Where-Object', 'Write-Debug', 'Write-Error', 'Write-Host',
    'Write-Information', 'Write-Output', 'Write-Progress', 'Write-Verbose', 'Write-Warning'
$script:BuiltIn = 'Microsoft.PowerShell.Core', 'Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Security',
    'Microsoft.PowerShell.Utility', 'StandIn'
$script:Ours = @('Guard') + @(@(Get-Module) + @(Get-Module -ListAvailable) |
        Where-Object { $_.ModuleBase.StartsWith($PSScriptRoot) } | ForEach-Object { $_.Name })

function Test-Harmless($Command) {
    # Allowed, a proxy, or one of the two functions whose names are not to be written as a path; they only change folder.
    $script:Allowed -contains $Command.Name -or $script:Ours -contains $Command.ModuleName -or
        'cd..', 'cd\' -contains $Command.Name -or
        ($Command.CommandType -eq 'Function' -and $Command.Definition -eq [string]$script:Refuse)
}

function Test-Covered($Command) {
    # What its name stands for first is harmless, as when a proxy goes before a command of the engine.
    if ('Cmdlet', 'Function' -notcontains $Command.CommandType) { return $false }
    $first = Get-Command -Name $Command.Name
    $first -isnot [array] -and (Test-Harmless $first)
}

$script:Refuse = {
    $message = "The lab has no " + $MyInvocation.MyCommand.Name + '.'
    $exception = New-Object System.NotSupportedException $message
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'NotInTheLab', 'NotImplemented', $null)
}
foreach ($command in @(Get-Command -ListImported -CommandType Cmdlet, Function)) {
    if ((Test-Harmless $command) -or (Test-Covered $command)) { continue }
    Microsoft.PowerShell.Management\Set-Item -LiteralPath ('function:global:' + $command.Name) -Value $script:Refuse
}

$ExecutionContext.InvokeCommand.PreCommandLookupAction = {
    # A command that is named with its module goes past the functions that hide commands.
    param($Name, $Lookup)
    $at = $Name.LastIndexOf('\')
    if ($at -le 0 -or $script:Allowed -contains $Name.Substring($at + 1)) { return }
    if ($script:Ours -contains $Name.Substring(0, $at)) { return }
    $Lookup.CommandScriptBlock = $script:Refuse
    $Lookup.StopSearch = $true
}

function Get-LabLeak {
    # One line for each module and command that could be used here and must not be.
    foreach ($module in @(Get-Module) + @(Get-Module -ListAvailable)) {
        if ($module.ModuleBase.StartsWith($PSScriptRoot) -or $script:BuiltIn -contains $module.Name) { continue }
        'module ' + $module.Name + ' in ' + $module.ModuleBase
    }
    foreach ($command in @(Get-Command -Name * -CommandType All)) {
        if ($command.CommandType -eq 'Alias' -or (Test-Harmless $command) -or (Test-Covered $command)) { continue }
        'command ' + $command.Name + ' of ' + $command.ModuleName + ' (' + $command.CommandType + ')'
    }
    'end'
}

Export-ModuleMember -Function Get-LabLeak

$language = $env:HVDESK_LAB_LANGUAGE
$env:HVDESK_LAB_LANGUAGE = $null
$ExecutionContext.SessionState.LanguageMode = $language   # as policies of the played host have it
