# The small world that the proxies play, read from the JSON file named by HVDESK_TEST_WORLD, and what all of them share.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:World = ConvertFrom-Json -InputObject (Get-Content -Raw -LiteralPath $env:HVDESK_TEST_WORLD)

function Get-TestWorld { $script:World }

function New-TestError([string]$Id, [string]$Category, [string[]]$Messages, $Native = $null) {
    # An error record whose exceptions, outermost first, say the messages; the code of a Win32Exception is innermost.
    $inner = $null
    if ($null -ne $Native) { $inner = New-Object System.ComponentModel.Win32Exception ([int]$Native), $Messages[-1] }
    for ($at = $Messages.Length - 1; $at -ge 0; $at--) {
        $inner = New-Object System.Management.Automation.RuntimeException $Messages[$at], $inner
    }
    New-Object System.Management.Automation.ErrorRecord $inner, $Id, $Category, $null
}

function New-TestObject([string]$TypeName, $Properties) {
    # An object of the properties of a JSON object, named like the .NET or CIM class it stands for.
    $object = New-Object PSObject
    foreach ($property in $Properties.PSObject.Properties) {
        Add-Member -InputObject $object -MemberType NoteProperty -Name $property.Name -Value $property.Value
    }
    $object.PSObject.TypeNames.Insert(0, $TypeName)
    $object
}

Export-ModuleMember -Function Get-TestWorld, New-TestError, New-TestObject
