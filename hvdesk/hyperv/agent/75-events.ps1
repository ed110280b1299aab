# What the event logs of Hyper-V hold of one VM: warnings and errors, with the cause that a cmdlet's error may lack.

function Read-EventLog([string]$Log, [datetime]$Since) {
    # The latest first. That a log is not there, or holds nothing of the kind, is an answer.
    $filter = @{ LogName = $Log; StartTime = $Since; Level = [int[]](1, 2, 3) }   # critical, error, warning
    $entries = @()
    try {
        $entries = @(Get-WinEvent -FilterHashtable $filter -MaxEvents 1000)
    } catch {
        if (@('NoMatchingEventsFound', 'NoMatchingLogsFound') -notcontains (Get-FaultName $_)) { throw }
    }
    , $entries
}

function Test-AboutVM($Entry, [string]$Id, [string]$Name) {
    # Texts are in the host's language, so an event is about the VM when it holds the id. A value that is the name
    # counts only in an event that bears no id: another VM may have the same name.
    $values = New-Object System.Collections.ArrayList
    [void]$values.Add((Get-Property $Entry 'Message' ''))
    foreach ($property in @(Get-Property $Entry 'Properties' @())) { [void]$values.Add([string]$property.Value) }
    $named = $false
    $other = $false
    foreach ($value in $values) {
        if ($value.IndexOf($Id, [System.StringComparison]::OrdinalIgnoreCase) -ge 0) { return $true }
        if ([string]::Equals($value, $Name)) { $named = $true }
        if ($null -ne ($value -as [guid])) { $other = $true }
    }
    $named -and -not $other
}

function Get-VMEvents($Arguments) {
    # The latest of them, oldest first.
    Assert-HyperV
    $since = [string](Get-Argument $Arguments 'since')
    $id = [string](Get-Argument $Arguments 'vm_id')
    $name = [string](Get-Argument $Arguments 'vm_name')
    $most = [int](Get-Argument $Arguments 'most')
    $start = $since -as [datetime]
    if ($null -eq $start -or $null -eq ($id -as [guid])) {
        throw (New-Fault 'HvDesk.BadRequest' 'InvalidData' "No moment or no id: '$since', '$id'." $null)
    }
    $found = New-Object System.Collections.ArrayList
    foreach ($log in 'VMMS', 'Worker', 'High-Availability') {
        foreach ($entry in (Read-EventLog "Microsoft-Windows-Hyper-V-$log-Admin" $start)) {
            if (Test-AboutVM $entry $id $name) { [void]$found.Add($entry) }
        }
    }
    $rows = New-Object System.Collections.ArrayList
    foreach ($entry in @($found | Sort-Object -Property TimeCreated, RecordId | Select-Object -Last $most)) {
        $row = @{
            time = Format-Time $entry.TimeCreated
            id = [int64]$entry.Id
            level = [int64]$entry.Level
            log = [string]$entry.LogName
            message = [string](Get-Property $entry 'Message' '')
        }
        [void]$rows.Add($row)
    }
    @{ events = $rows.ToArray() }
}
