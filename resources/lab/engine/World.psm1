# The world's end inside a PowerShell engine of hvdesk's lab. Proxies of cmdlets ask the world here, one JSON line each
# way over the loopback, and get back what stands for Windows' objects and errors. Loaded before anything else runs; the
# classes and enums of the played Windows version follow below. Written in PowerShell 3.0.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:Client = New-Object System.Net.Sockets.TcpClient '127.0.0.1', ([int]$env:HVDESK_LAB_PORT)
$script:Reader = New-Object System.IO.StreamReader $script:Client.GetStream()
$script:Writer = New-Object System.IO.StreamWriter $script:Client.GetStream()
$script:Writer.WriteLine($env:HVDESK_LAB_TOKEN)
$env:HVDESK_LAB_TOKEN = $null
$env:HVDESK_LAB_PORT = $null

# Classes: real .NET types, so that parameters can have them. Their properties are fields.

$script:Assembly = [System.Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly(
    (New-Object System.Reflection.AssemblyName 'HvdeskLab'), [System.Reflection.Emit.AssemblyBuilderAccess]::Run)
$script:Module = $script:Assembly.DefineDynamicModule('HvdeskLab')

function New-LabClass([string]$Name, [type]$Base, [string[]]$Fields) {
    $builder = $script:Module.DefineType($Name, [System.Reflection.TypeAttributes]'Public, Class', $Base)
    foreach ($field in $Fields) {
        [void]$builder.DefineField($field, [object], [System.Reflection.FieldAttributes]::Public)
    }
    $builder.CreateType()
}

function New-LabException([string]$Name) {
    # An exception with the usual constructor of a message and an inner exception.
    $builder = $script:Module.DefineType($Name, [System.Reflection.TypeAttributes]'Public, Class', [Exception])
    $taken = [type[]]([string], [Exception])
    $maker = $builder.DefineConstructor('Public', [System.Reflection.CallingConventions]::Standard, $taken)
    $code = $maker.GetILGenerator()
    foreach ($load in 'Ldarg_0', 'Ldarg_1', 'Ldarg_2') { $code.Emit([System.Reflection.Emit.OpCodes]::$load) }
    $code.Emit([System.Reflection.Emit.OpCodes]::Call, [Exception].GetConstructor($taken))
    $code.Emit([System.Reflection.Emit.OpCodes]::Ret)
    [void]$builder.CreateType()
}

# To the world.

function ConvertTo-Plain($Value) {
    # A bound value as JSON can hold it. Objects of ours become their kind and id, tables keep the types of their values.
    if ($null -eq $Value) { return $null }
    if ($Value -is [string] -or $Value -is [bool]) { return $Value }
    if ($Value -is [System.Management.Automation.SwitchParameter]) { return [bool]$Value }
    if ($Value -is [enum]) { return [string]$Value }
    if ($Value -is [datetime]) {
        return $Value.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($Value.GetType().IsPrimitive -and $Value -isnot [char]) { return [int64]$Value }
    $class = Get-LabClassName $Value
    if ($null -ne $class) {
        $key = $Value.PSObject.Properties['InstanceID']
        if ($null -eq $key) { $key = $Value.PSObject.Properties['Name'] }
        return @{ cim = $class; id = [string]$key.Value }
    }
    if ($Value -is [System.Collections.IDictionary]) { return @{ table = (ConvertTo-PlainTable $Value) } }
    if ($Value -is [System.Collections.IEnumerable]) { return ConvertTo-PlainArray $Value }
    if ($Value.GetType().Assembly.FullName -eq $script:Assembly.FullName) {
        return @{ object = $Value.GetType().Name; id = [string]$Value.Id }
    }
    [string]$Value
}

function ConvertTo-PlainArray($Values) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($item in $Values) { [void]$rows.Add((ConvertTo-Plain $item)) }
    , $rows.ToArray()
}

function ConvertTo-PlainTable($Table) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($key in @($Table.Keys)) {
        $type = ''
        if ($null -ne $Table[$key]) { $type = $Table[$key].GetType().Name }
        $wrapped = $Table[$key] -is [psobject]   # as what came out of a pipeline is
        [void]$rows.Add(@{ name = [string]$key; type = $type; wrapped = $wrapped; value = (ConvertTo-Plain $Table[$key]) })
    }
    , $rows.ToArray()
}

function Get-LabClassName($Value) {
    # The class of what stands for a CimInstance. Select-Object puts a name of its own before the type names.
    foreach ($name in $Value.PSObject.TypeNames) {
        if ($name -match '^Microsoft\.Management\.Infrastructure\.CimInstance#.*/(\w+)$') { return $Matches[1] }
    }
}

function Read-World($Question) {
    $json = ConvertTo-Json -InputObject $Question -Depth 10 -Compress
    $escape = { param($match) '\u{0:x4}' -f [int][char]$match.Value }
    $script:Writer.WriteLine([regex]::Replace($json, '[^\x20-\x7e]', $escape))
    $script:Writer.Flush()
    $line = $script:Reader.ReadLine()   # blocks as long as the cmdlet does
    if ($null -eq $line) { throw 'The lab is gone.' }
    ConvertFrom-Json -InputObject $line
}

# From the world: {"#": kind, ...} stands for a value that JSON has no word for.

function ConvertFrom-World($Value) {
    if ($Value -is [array]) {
        $items = New-Object System.Collections.ArrayList
        foreach ($item in $Value) { [void]$items.Add((ConvertFrom-World $item)) }
        return , $items.ToArray()
    }
    if ($Value -isnot [System.Management.Automation.PSCustomObject]) { return $Value }
    switch -CaseSensitive ($Value.'#') {
        'guid' { return [guid]$Value.value }
        'date' { return [datetime]::Parse($Value.value, [System.Globalization.CultureInfo]::InvariantCulture) }
        'span' { return [TimeSpan]::FromSeconds($Value.value) }
        'version' { return [version]$Value.value }
        'number' { return [Convert]::ChangeType($Value.value, [type]('System.' + $Value.type)) }
        'enum' { return [enum]::Parse([type]$Value.type, $Value.value) }
        'class' { return New-LabObject (New-Object $Value.type) $Value.fields }
    }
    $object = New-LabObject (New-Object PSObject) $Value.fields
    foreach ($name in $Value.types) { $object.PSObject.TypeNames.Insert(0, $name) }
    $object
}

function New-LabObject($Object, $Fields) {
    foreach ($field in $Fields.PSObject.Properties) {
        $content = ConvertFrom-World $field.Value
        if ($Object -is [System.Management.Automation.PSCustomObject]) {
            Add-Member -InputObject $Object -MemberType NoteProperty -Name $field.Name -Value $content
        } else {
            $Object.($field.Name) = $content
        }
    }
    $Object
}

function New-LabFault($Fault) {
    # The error record; its exceptions are given outermost first.
    $inner = $null
    for ($at = $Fault.exceptions.Length - 1; $at -ge 0; $at--) {
        $entry = $Fault.exceptions[$at]
        if ($null -ne $entry.native) {
            $inner = New-Object System.ComponentModel.Win32Exception ([int]$entry.native), $entry.message
        } else {
            $maker = ([type]$entry.type).GetConstructor([type[]]([string], [Exception]))
            $inner = $maker.Invoke([object[]]($entry.message, [Exception]$inner))
        }
    }
    if ($null -ne $Fault.hresult) { $inner.HResult = $Fault.hresult }
    New-Object System.Management.Automation.ErrorRecord $inner, $Fault.id, $Fault.category, $null
}

$script:Common = 'Verbose', 'Debug', 'ErrorAction', 'WarningAction', 'InformationAction', 'ErrorVariable',
    'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable', 'WhatIf', 'Confirm'

function Get-Operation {
    # What hvdesk's agent carries out, by its own function on the stack; empty for every other script.
    foreach ($frame in Get-PSCallStack) {
        if ($frame.FunctionName -eq 'Invoke-Operation') { return [string]$frame.InvocationInfo.BoundParameters['Name'] }
    }
    ''
}

function Invoke-LabCmdlet($Cmdlet, $Bound) {
    # What every proxy does: its cmdlet's name, parameter set and arguments go to the world.
    $rows = @{}
    foreach ($name in @($Bound.Keys)) {
        if ($script:Common -notcontains $name) { $rows[$name] = ConvertTo-Plain $Bound[$name] }
    }
    $name = $Cmdlet.MyInvocation.MyCommand.Name
    $answer = Read-World @{ cmdlet = $name; set = $Cmdlet.ParameterSetName; bound = $rows; operation = Get-Operation }
    foreach ($part in $answer.parts) {
        if ($null -eq $part.fault) { ConvertFrom-World $part.value } else { $Cmdlet.WriteError((New-LabFault $part.fault)) }
    }
    if ($null -ne $answer.fault) { $Cmdlet.ThrowTerminatingError((New-LabFault $answer.fault)) }
}

function hostname { $env:COMPUTERNAME }
function whoami { ($env:USERDOMAIN + '\' + $env:USERNAME).ToLowerInvariant() }

Export-ModuleMember -Function Invoke-LabCmdlet, New-LabFault, hostname, whoami
