# Reads statements that hvdesk shows, with cmdlets that only report what was bound to them. A line of input is the
# Base64 of UTF-16: the value that objects bear, a NUL NUL, the statement. A line of output is a bound parameter: its
# name and its value's type and UTF-16 units; '.' ends a statement.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Write-Bound([string]$Name, $Value) {
    if ($Value -is [hashtable]) {
        foreach ($key in @($Value.Keys)) { Write-Bound ($Name + '.' + $key) $Value[$key] }
        return
    }
    $units = @([string]$Value).ToCharArray() | ForEach-Object { [int]$_ }
    [Console]::Out.WriteLine($Name + ' ' + $Value.GetType().Name + ' ' + ($units -join ','))
}

function Write-AllBound($Bound) { foreach ($name in @($Bound.Keys)) { Write-Bound $name $Bound[$name] } }

function Get-VM { param([string]$Id) 'vm ' + $Id }

function Get-CimInstance {
    param([string]$Namespace, [string]$ClassName)
    foreach ($value in 'another', $script:Value) {
        $text = "$Namespace $ClassName $value"
        $object = New-Object PSObject -Property @{ InstanceID = $value; Name = $value; Text = $text }
        Add-Member -InputObject $object -MemberType ScriptMethod -Name ToString -Value { $this.Text } -Force
        $object
    }
}

function Move-VM {
    param(
        [string]$VM, [string]$DestinationHost, [switch]$IncludeStorage, [string]$DestinationStoragePath,
        [switch]$Passthru, [switch]$Confirm
    )
    Write-AllBound $PSBoundParameters
}

function Compare-VM {
    param([string]$VM, [string]$DestinationHost, [switch]$IncludeStorage, [string]$DestinationStoragePath)
    Write-AllBound $PSBoundParameters
}

function New-Item { param([string]$Path, [string]$ItemType) Write-AllBound $PSBoundParameters }

function Invoke-CimMethod {
    param($InputObject, [string]$MethodName, [hashtable]$Arguments)
    Write-AllBound $PSBoundParameters
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    $text = [System.Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($line))
    $end = $text.IndexOf("`0`0", [StringComparison]::Ordinal)
    $script:Value = $text.Substring(0, $end)
    & ([scriptblock]::Create($text.Substring($end + 2)))   # check: allow data-as-code what the test is about
    [Console]::Out.WriteLine('.')
}
