# Virtual machines: the list, one by its id, and where one is.

function Get-RealizedIds {
    $ids = New-Object System.Collections.ArrayList
    foreach ($system in @(Get-Virtualization 'Msvm_ComputerSystem')) { [void]$ids.Add((Format-Id $system.Name)) }
    , $ids
}

function Select-Realized($Machines) {
    # Get-VM may list planned VMs as well. Where objects have no VirtualMachineType, the CIM classes tell them apart.
    $realized = New-Object System.Collections.ArrayList
    $ids = $null
    foreach ($machine in @($Machines)) {
        $type = Get-Text $machine 'VirtualMachineType'
        if ($null -eq $type) {
            if ($null -eq $ids) { $ids = Get-RealizedIds }
            if ($ids.Contains((Format-Id $machine.Id))) { $type = 'RealizedVirtualMachine' }
        }
        if ($type -eq 'RealizedVirtualMachine') { [void]$realized.Add($machine) }
    }
    , $realized
}

function Find-RealizedVM([string]$Id) {
    # The realised VM of this id or null. Any other trouble than "there is none" is thrown.
    if ($null -eq ($Id -as [guid])) { return $null }
    try {
        $found = @(Get-VM -Id $Id)
    } catch {
        if (@('InvalidParameter', 'ObjectNotFound') -notcontains (Get-FaultName $_)) { throw }
        return $null
    }
    foreach ($machine in (Select-Realized $found)) { return $machine }
    $null
}

function Get-RealizedVM([string]$Id) {
    $machine = Find-RealizedVM $Id
    if ($null -eq $machine) {
        throw (New-Missing 'HvDesk.VmNotFound' "There is no virtual machine with the id $Id here." $Id)
    }
    $machine
}

function Get-OperationalNames($Machine) {
    $names = New-Object System.Collections.ArrayList
    foreach ($name in 'PrimaryOperationalStatus', 'SecondaryOperationalStatus') {
        $text = Get-Text $Machine $name
        if ($null -ne $text) { [void]$names.Add($text) }
    }
    , $names
}

function Get-Summary($Machine) {
    @{
        id = Format-Id $Machine.Id
        name = [string]$Machine.Name
        state = [string]$Machine.State
        cpu_percent = Get-Number $Machine 'CPUUsage'
        memory_bytes = Get-Number $Machine 'MemoryAssigned'
        uptime_seconds = [int64][math]::Floor($Machine.Uptime.TotalSeconds)
        status = [string]$Machine.Status
        operational = (Get-OperationalNames $Machine).ToArray()
        version = [string](Get-Property $Machine 'Version')
        clustered = [bool](Get-Property $Machine 'IsClustered')
        vm_type = 'RealizedVirtualMachine'
    }
}

function Get-VMList {
    Assert-HyperV
    $rows = New-Object System.Collections.ArrayList
    foreach ($machine in (Select-Realized @(Get-VM))) { [void]$rows.Add((Get-Summary $machine)) }
    @{ vms = $rows.ToArray() }
}

function Find-PlannedSystem([string]$Id) {
    Get-Virtualization 'Msvm_PlannedComputerSystem' | Where-Object { $_.Name -eq $Id } | Select-Object -First 1
}

function Test-PlannedInUse($Planned) {
    # 32774: a migration still works on it.
    @(Get-Property $Planned 'OperationalStatus') -contains 32774
}

function Get-Presence([string]$Id) {
    Assert-HyperV
    $machine = Find-RealizedVM $Id
    $planned = Find-PlannedSystem $Id
    $state = $null
    $operational = New-Object System.Collections.ArrayList
    if ($null -ne $machine) {
        $state = [string]$machine.State
        $operational = Get-OperationalNames $machine
    }
    @{
        vm_id = Format-Id $Id
        present = $null -ne $machine
        state = $state
        operational = $operational.ToArray()
        planned = $null -ne $planned
        planned_in_use = $null -ne $planned -and (Test-PlannedInUse $planned)
    }
}
