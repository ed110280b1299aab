# All that a check and the details pane need of one VM.

function Get-VMDetails([string]$Id) {
    Assert-HyperV
    $machine = Get-RealizedVM $Id
    $security = Get-Security $machine
    @{
        summary = Get-Summary $machine
        generation = [int64](Get-Property $machine 'Generation' 1)   # 2012 knows no other
        created = Format-Time $machine.CreationTime
        notes = [string]$machine.Notes
        memory_startup_bytes = [int64]$machine.MemoryStartup
        processors = [int64]$machine.ProcessorCount
        config_path = [string]$machine.ConfigurationLocation
        checkpoint_path = [string]$machine.SnapshotFileLocation
        smart_paging_path = [string]$machine.SmartPagingFilePath
        system_bytes = Get-Number $machine 'SizeOfSystemFiles'
        disks = (Get-Disks $machine).ToArray()
        adapters = (Get-Adapters $machine).ToArray()
        dvds = (Get-DvdDrives $machine).ToArray()
        checkpoints = (Get-Checkpoints $machine).ToArray()
        cpu_compatibility = [bool]@(Get-VMProcessor -VM $machine)[0].CompatibilityForMigrationEnabled
        tpm = $security.tpm
        shielded = $security.shielded
        replication_state = [string](Get-Property $machine 'ReplicationState' 'Disabled')
        replication_mode = [string](Get-Property $machine 'ReplicationMode' 'None')
    }
}

function Get-Security($Machine) {
    if (-not (Test-HyperVCommand 'Get-VMSecurity')) { return @{ tpm = $null; shielded = $null } }   # before 2016
    $security = Get-VMSecurity -VM $Machine
    @{ tpm = [bool]$security.TpmEnabled; shielded = [bool]$security.Shielded }
}

function Format-Controller($Drive) {
    [string]$Drive.ControllerType + ' ' + [string]$Drive.ControllerNumber + ':' + [string]$Drive.ControllerLocation
}

function Get-Disks($Machine) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($drive in @(Get-VMHardDiskDrive -VM $Machine)) {
        $path = [string]$drive.Path
        $physical = $null -ne (Get-Property $drive 'DiskNumber')
        $row = @{
            controller = Format-Controller $drive
            path = $path
            physical = $physical
            format = $null
            size_bytes = $null
            file_bytes = $null
            parents = @()
            shared = Test-Shared $drive $path
        }
        if (-not $physical -and $path.Length -gt 0) { Add-DiskFiles $row }
        [void]$rows.Add($row)
    }
    , $rows
}

function Test-Shared($Drive, [string]$Path) {
    [bool](Get-Property $Drive 'SupportPersistentReservations') -or $Path.EndsWith('.vhds', 'OrdinalIgnoreCase')
}

function Add-DiskFiles($Row) {
    # Format and sizes of the disk and of its chain of parents. A file that cannot be read leaves them unknown: the
    # details of a VM whose disk is gone are wanted too.
    $parents = New-Object System.Collections.ArrayList
    try {
        $disk = Get-VHD -Path $Row.path
        $Row.format = [string]$disk.VhdFormat
        $Row.size_bytes = [int64]$disk.Size
        $bytes = [int64]$disk.FileSize
        $parent = Get-Text $disk 'ParentPath'
        while ($null -ne $parent -and -not $parents.Contains($parent)) {
            [void]$parents.Add($parent)
            $disk = Get-VHD -Path $parent
            $bytes += [int64]$disk.FileSize
            $parent = Get-Text $disk 'ParentPath'
        }
        $Row.file_bytes = $bytes
    } catch {
        $Row.file_bytes = $null
    }
    $Row.parents = $parents.ToArray()
}

function Get-Adapters($Machine) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($adapter in @(Get-VMNetworkAdapter -VM $Machine)) {
        $row = @{
            name = [string]$adapter.Name
            mac = [string]$adapter.MacAddress
            switch = Get-Text $adapter 'SwitchName'
            sr_iov = (Get-Property $adapter 'IovWeight' 0) -gt 0
        }
        [void]$rows.Add($row)
    }
    , $rows
}

function Get-DvdDrives($Machine) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($drive in @(Get-VMDvdDrive -VM $Machine)) {
        $row = @{
            controller = Format-Controller $drive
            media = [string]$drive.DvdMediaType
            path = Get-Text $drive 'Path'
        }
        [void]$rows.Add($row)
    }
    , $rows
}

function Get-Checkpoints($Machine) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($checkpoint in @(Get-VMSnapshot -VM $Machine)) {
        $switches = New-Object System.Collections.ArrayList
        foreach ($adapter in @(Get-VMNetworkAdapter -VMSnapshot $checkpoint)) {
            $name = Get-Text $adapter 'SwitchName'
            if ($null -ne $name -and -not $switches.Contains($name)) { [void]$switches.Add($name) }
        }
        $row = @{
            id = Format-Id $checkpoint.Id
            name = [string]$checkpoint.Name
            created = Format-Time $checkpoint.CreationTime
            parent_id = Get-ParentId $checkpoint
            switches = $switches.ToArray()
        }
        [void]$rows.Add($row)
    }
    , $rows
}

function Get-ParentId($Checkpoint) {
    $parent = Get-Property $Checkpoint 'ParentSnapshotId'
    if ($null -eq $parent -or $parent -eq [guid]::Empty) { return $null }
    Format-Id $parent
}
