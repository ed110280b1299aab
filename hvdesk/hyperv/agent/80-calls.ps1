# What changes the host: one cmdlet with its parameters, as data. Nothing here runs text.

function Get-MigrationJobs {
    Assert-HyperV
    $rows = New-Object System.Collections.ArrayList
    foreach ($job in @(Get-Virtualization 'Msvm_MigrationJob')) {
        $text = Get-Text $job 'ErrorSummaryDescription'
        if ($null -eq $text) { $text = Get-Text $job 'ErrorDescription' }
        $row = @{
            instance_id = [string]$job.InstanceID
            vm_id = Format-Id $job.VirtualSystemName
            destination = Get-Text $job 'DestinationHost'
            percent = [int64]$job.PercentComplete
            job_state = [int64]$job.JobState
            job_type = [int64](Get-Property $job 'JobType' 0)
            cancellable = [bool](Get-Property $job 'Cancellable')
            error_code = [int64]$job.ErrorCode
            error_text = [string]$text
        }
        [void]$rows.Add($row)
    }
    # Counted after the jobs were read, so that a migration that begins in between is counted and not listed.
    $service = Get-MigrationService
    @{
        jobs = $rows.ToArray()
        active_vm_migrations = Get-Count $service 'ActiveVirtualSystemMigrationCount'
        active_storage_migrations = Get-Count $service 'ActiveStorageMigrationCount'
    }
}

function Get-MigrationService {
    # Nothing where it cannot be read: its counts are not known then, and the jobs are told without them.
    $class = 'Msvm_VirtualSystemMigrationService'
    Get-CimInstance -Namespace 'root\virtualization\v2' -ClassName $class -ErrorAction SilentlyContinue |
        Select-Object -First 1
}

function Get-Count($Service, [string]$Name) {
    if ($null -eq $Service) { return $null }
    Get-Number $Service $Name
}

function Get-MigrationJob([string]$InstanceId) {
    $job = Get-Virtualization 'Msvm_MigrationJob' | Where-Object { $_.InstanceID -eq $InstanceId } |
        Select-Object -First 1
    if ($null -eq $job) {
        throw (New-Missing 'HvDesk.JobNotFound' "There is no migration job $InstanceId here." $InstanceId)
    }
    $job
}

function Get-IdlePlannedSystem([string]$Id) {
    # The planned VM of this id, to be destroyed. The same id may by now be the real VM, which must stay unharmed.
    if ($null -ne (Find-RealizedVM $Id)) {
        throw (New-Fault 'HvDesk.RealVmHere' 'ResourceExists' "The virtual machine $Id itself is on this host." $Id)
    }
    $planned = Find-PlannedSystem $Id
    if ($null -eq $planned) {
        throw (New-Missing 'HvDesk.PlannedVmNotFound' "There is no planned virtual machine $Id here." $Id)
    }
    if (Test-PlannedInUse $planned) {
        throw (New-Fault 'HvDesk.PlannedVmInUse' 'ResourceBusy' "A migration still works on the planned VM $Id." $Id)
    }
    $planned
}

function New-CallFault([string]$Message) {
    New-Fault 'HvDesk.CallNotAllowed' 'PermissionDenied' $Message $null
}

function Resolve-Value($Parameter) {
    switch -CaseSensitive ($Parameter.kind) {
        'text' { return [string]$Parameter.value }
        'switch' { return [bool]$Parameter.value }
        'uint16' { return [uint16]$Parameter.value }
        'vm' { return Get-RealizedVM $Parameter.value }
        'migration_job' { return Get-MigrationJob $Parameter.value }
        'planned_vm' { return Get-IdlePlannedSystem $Parameter.value }
        'management_service' { return @(Get-Virtualization 'Msvm_VirtualSystemManagementService')[0] }
        'table' { return New-Table $Parameter.value }
    }
    throw (New-CallFault "Unknown kind of value: $($Parameter.kind)")
}

function New-Table($Parameters) {
    $table = @{}
    foreach ($parameter in @($Parameters)) { $table[[string]$parameter.name] = Resolve-Value $parameter }
    $table
}

function Invoke-Call($Call) {
    $allowed = 'Move-VM', 'Compare-VM', 'New-Item', 'Invoke-CimMethod'
    $cmdlet = Get-Argument $Call 'cmdlet'
    if ($allowed -cnotcontains $cmdlet) {
        throw (New-CallFault "This agent does not run $cmdlet.")
    }
    $parameters = Get-Argument $Call 'parameters'
    if ('New-Item' -cne $cmdlet) { Assert-HyperV }
    $bound = New-Table $parameters
    $output = switch -CaseSensitive ($cmdlet) {
        'Compare-VM' { ConvertTo-ReportOutput (Compare-VM @bound) }
        'Move-VM' { ConvertTo-MoveOutput @(Move-VM @bound) }
        'New-Item' { @{ path = [string](New-Item @bound).FullName } }
        'Invoke-CimMethod' { @{ return_value = [int64](Invoke-CimMethod @bound).ReturnValue } }
    }
    @{ output = $output }
}

function ConvertTo-MoveOutput($Result) {
    # Move-VM gives back a report instead of the VM when it found that the VM cannot move.
    $moved = @{ vm_id = $null; vm_type = $null }
    if ($Result.Length -eq 0) { return $moved }
    if ($null -ne $Result[0].PSObject.Properties['Incompatibilities']) { return ConvertTo-ReportOutput $Result[0] }
    try {
        $moved.vm_id = Format-Id $Result[0].Id
        $moved.vm_type = Get-Text $Result[0] 'VirtualMachineType'
    } catch {
        # The object is the destination's and may ask that host for what it does not hold. The move is over whether or
        # not it can: who asked verifies on both hosts.
        $moved.vm_type = $null
    }
    $moved
}

function ConvertTo-ReportOutput($Report) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($entry in @($Report.Incompatibilities)) {
        if ($null -eq $entry) { continue }
        $type = ''
        if ($null -ne $entry.Source) { $type = ([string]$entry.Source.PSObject.TypeNames[0] -split '\.')[-1] }
        $row = @{ message_id = [int64]$entry.MessageId; message = [string]$entry.Message; source_type = $type }
        [void]$rows.Add($row)
    }
    $row = @{
        vm_id = Format-Id $Report.VM.Id
        destination = [string]$Report.Destination
        incompatibilities = $rows.ToArray()
    }
    @{ report = $row }
}
