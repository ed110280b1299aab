# Requests: read, carried out once, answered, remembered.

$script:LastId = 0
$script:Remembered = New-Object System.Collections.ArrayList   # of @{ id; line }, the 32 latest

function Invoke-Operation([string]$Name, $Arguments) {
    switch -CaseSensitive ($Name) {
        'ping' { return @{ computer = [string]$env:COMPUTERNAME; now = Format-Time (Get-Date) } }
        'host_facts' { return Get-HostFacts }
        'list_vms' { return Get-VMList }
        'vm_details' { return Get-VMDetails (Get-Argument $Arguments 'vm_id') }
        'presence' { return Get-Presence (Get-Argument $Arguments 'vm_id') }
        'list_folder' { return Get-FolderListing (Get-Argument $Arguments 'path') }
        'file_lengths' { return Get-FileLengths (Get-Argument $Arguments 'paths') }
        'migration_jobs' { return Get-MigrationJobs }
        'events' { return Get-VMEvents $Arguments }
        'call' { return Invoke-Call (Get-Argument $Arguments 'call') }
        'again' { return Send-Again (Get-Argument $Arguments 'from') }
        'bye' { return @{} }
    }
    throw (New-Fault 'HvDesk.UnknownOperation' 'InvalidOperation' "Unknown operation: $Name" $Name)
}

function Get-Argument($Arguments, [string]$Name) {
    $property = $Arguments.PSObject.Properties[$Name]
    if ($null -eq $property -or $null -eq $property.Value) {
        throw (New-Fault 'HvDesk.BadRequest' 'InvalidData' "The request lacks the argument $Name." $Name)
    }
    , $property.Value
}

function Send-Again($From) {
    # Each remembered answer from this id on once more; nothing is carried out again, nor is this answer remembered.
    if ($From -isnot [int] -and $From -isnot [int64]) {
        throw (New-Fault 'HvDesk.BadRequest' 'InvalidData' "No id to begin from: $From" $null)
    }
    $count = 0
    foreach ($answer in $script:Remembered) {
        if ($answer.id -lt $From) { continue }
        Write-Message $answer.line
        $count += 1
    }
    @{ replayed = $count }
}

function ConvertFrom-RequestLine([string]$Line) {
    # The request, or null for a line that is none.
    try { $request = ConvertFrom-Json -InputObject $Line } catch { return $null }
    if ($request -isnot [System.Management.Automation.PSCustomObject]) { return $null }
    $id = Get-Property $request 'id'
    if (($id -isnot [int] -and $id -isnot [int64]) -or $id -le 0) { return $null }
    if ((Get-Property $request 'op') -isnot [string]) { return $null }
    $arguments = Get-Property $request 'args' (New-Object PSObject)
    if ($arguments -isnot [System.Management.Automation.PSCustomObject]) { return $null }
    @{ id = $id; op = $request.op; arguments = $arguments }
}

function New-ErrorAnswer($Id, $Record) {
    $number = 'null'
    if ($null -ne $Id) { $number = [string]$Id }
    '{"id":' + $number + ',"ok":false,"error":' + (ConvertTo-AsciiJson (ConvertFrom-ErrorRecord $Record)) + '}'
}

function New-Answer($Request) {
    try {
        $result = ConvertTo-AsciiJson (Invoke-Operation $Request.op $Request.arguments)
        '{"id":' + [string]$Request.id + ',"ok":true,"result":' + $result + '}'
    } catch {
        New-ErrorAnswer $Request.id $_
    }
}

function Find-Answer($Request) {
    # What is said without carrying anything out: the remembered answer to an id that was carried out before.
    foreach ($answer in $script:Remembered) {
        if ($answer.id -eq $Request.id) { return $answer.line }
    }
    if ($Request.id -gt $script:LastId) { return $null }
    $fault = New-Fault 'HvDesk.Forgotten' 'InvalidOperation' 'This request was answered long ago.' $Request.id
    New-ErrorAnswer $Request.id $fault
}

function Invoke-Request([string]$Line) {
    # Answers one line; true when the session is to go on.
    $request = ConvertFrom-RequestLine $Line
    if ($null -eq $request) {
        $fault = New-Fault 'HvDesk.BadRequest' 'InvalidData' 'A line that is no request.' $null
        Write-Message (New-ErrorAnswer $null $fault)
        return $true
    }
    $known = Find-Answer $request
    if ($null -ne $known) {
        Write-Message $known
        return $true
    }
    $script:LastId = $request.id
    $answer = New-Answer $request
    if ($request.op -cne 'again') { [void]$script:Remembered.Add(@{ id = $request.id; line = $answer }) }
    if ($script:Remembered.Count -gt 32) { $script:Remembered.RemoveAt(0) }
    Write-Message $answer
    $request.op -cne 'bye'
}

$ready = @{
    event = 'ready'
    protocol = $script:Protocol
    powershell = $PSVersionTable.PSVersion.ToString()
    computer = [string]$env:COMPUTERNAME
}
Write-Message (ConvertTo-AsciiJson $ready)
while ($null -ne ($line = [Console]::In.ReadLine())) {
    if (-not (Invoke-Request $line)) { break }
}
exit 0
