# Cmdlets of the Hyper-V module with the parameter sets that matter here. The world's profile says which Windows is
# played: 2012 lacks Get-VMSecurity, Get-VMHostSupportedVersion and some properties.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:Names = 'Microsoft.HyperV.PowerShell.'
$script:World = Get-TestWorld

foreach ($enum in $script:World.enums.PSObject.Properties) {
    $values = @{}
    foreach ($entry in $enum.Value.PSObject.Properties) { $values[$entry.Name] = [int]$entry.Value }
    New-StandInEnum -Name ($script:Names + $enum.Name) -Values $values   # check: allow unknown-command stand-in
}

function ConvertTo-Enums($Object, $Kinds) {
    # Texts of the JSON become values of .NET enums, which the agent must not let through as numbers.
    foreach ($name in $Kinds.Keys) {
        $property = $Object.PSObject.Properties[$name]
        if ($null -eq $property -or $null -eq $property.Value) { continue }
        $property.Value = [Enum]::Parse(($script:Names + $Kinds[$name]) -as [type], $property.Value)
    }
    $Object
}

function ConvertTo-VM($Entry) {
    $machine = New-TestObject ($script:Names + 'VirtualMachine') $Entry.properties
    $machine.Id = [guid]$machine.Id
    $machine.CreationTime = [datetime]::Parse($machine.CreationTime, [Globalization.CultureInfo]::InvariantCulture)
    $machine.Uptime = New-Object TimeSpan ([int64]$machine.Uptime * [TimeSpan]::TicksPerSecond)
    ConvertTo-Enums $machine @{
        State = 'VMState'; PrimaryOperationalStatus = 'VMOperationalStatus'
        SecondaryOperationalStatus = 'VMOperationalStatus'; VirtualMachineType = 'VirtualMachineType'
        ReplicationState = 'VMReplicationState'; ReplicationMode = 'VMReplicationMode'
    }
}

function Get-VM {
    [CmdletBinding(DefaultParameterSetName = 'Name')]
    param(
        [Parameter(Position = 0, ParameterSetName = 'Name')][string[]]$Name,
        [Parameter(Position = 0, ParameterSetName = 'Id')][guid]$Id
    )
    if ($null -ne $Name) { throw 'names are not unique: ask by id' }
    $found = $false
    foreach ($entry in $script:World.vms) {
        if ($PSBoundParameters.ContainsKey('Id') -and $entry.properties.Id -ne [string]$Id) { continue }
        ConvertTo-VM $entry
        $found = $true
    }
    if ($found -or -not $PSBoundParameters.ContainsKey('Id')) { return }
    $text = "Hyper-V was unable to find a virtual machine with id ""$Id""."
    $PSCmdlet.WriteError((New-TestError 'InvalidParameter' 'InvalidArgument' $text))
}

function Get-Parts($VM, [string]$Name) {
    foreach ($entry in $script:World.vms) {
        if ($entry.properties.Id -eq [string]$VM.Id) { $entry.$Name }
    }
}

function Get-VMHardDiskDrive {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'VM')]$VM)
    foreach ($part in @(Get-Parts $VM 'disks')) {
        ConvertTo-Enums (New-TestObject ($script:Names + 'HardDiskDrive') $part) @{ ControllerType = 'ControllerType' }
    }
}

function Get-VMDvdDrive {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'VM')]$VM)
    foreach ($part in @(Get-Parts $VM 'dvds')) {
        $kinds = @{ ControllerType = 'ControllerType'; DvdMediaType = 'DvdMediaType' }
        ConvertTo-Enums (New-TestObject ($script:Names + 'DvdDrive') $part) $kinds
    }
}

function Get-VMNetworkAdapter {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true, ParameterSetName = 'VMObject')]$VM,
        [Parameter(Mandatory = $true, ParameterSetName = 'VMSnapshot')]$VMSnapshot
    )
    $parts = if ($PSCmdlet.ParameterSetName -eq 'VMObject') { Get-Parts $VM 'adapters' } else { $VMSnapshot.adapters }
    foreach ($part in @($parts)) { New-TestObject ($script:Names + 'VMNetworkAdapter') $part }
}

function Get-VMSnapshot {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'VMObject')]$VM)
    foreach ($part in @(Get-Parts $VM 'checkpoints')) {
        $snapshot = New-TestObject ($script:Names + 'VMSnapshot') $part
        $snapshot.Id = [guid]$snapshot.Id
        if ($null -ne $snapshot.ParentSnapshotId) { $snapshot.ParentSnapshotId = [guid]$snapshot.ParentSnapshotId }
        $snapshot.CreationTime = [datetime]::Parse($snapshot.CreationTime, [Globalization.CultureInfo]::InvariantCulture)
        $snapshot
    }
}

function Get-VMProcessor {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'VMObject')]$VM)
    New-TestObject ($script:Names + 'VMProcessor') (Get-Parts $VM 'processor')
}

function Get-VMSecurity {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'VMObject')]$VM)
    New-TestObject ($script:Names + 'VMSecurity') (Get-Parts $VM 'security')
}

function Get-VHD {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, ParameterSetName = 'Path')][string[]]$Path)
    foreach ($name in $Path) {
        $disk = $script:World.vhds.PSObject.Properties[$name]
        if ($null -eq $disk) {
            $text = "Failed to get the disk properties of '$name': The system cannot find the path specified. (0x80070003)."
            $PSCmdlet.WriteError((New-TestError 'ObjectNotFound' 'ObjectNotFound' $text))
            continue
        }
        $object = New-TestObject 'Microsoft.Vhd.PowerShell.VirtualHardDisk' $disk.Value
        ConvertTo-Enums $object @{ VhdFormat = 'VhdFormat' }
    }
}

function Get-VMHost {
    [CmdletBinding()]
    param()
    ConvertTo-Enums (New-TestObject ($script:Names + 'VMHost') $script:World.vmhost) @{
        VirtualMachineMigrationAuthenticationType = 'MigrationAuthenticationType'
        VirtualMachineMigrationPerformanceOption = 'VMMigrationPerformance'
    }
}

function Get-VMSwitch {
    [CmdletBinding()]
    param()
    foreach ($entry in $script:World.switches) {
        ConvertTo-Enums (New-TestObject ($script:Names + 'VMSwitch') $entry) @{ SwitchType = 'VMSwitchType' }
    }
}

function Get-VMMigrationNetwork {
    [CmdletBinding()]
    param()
    foreach ($subnet in $script:World.networks) {
        New-TestObject ($script:Names + 'VMMigrationNetwork') (New-Object PSObject -Property @{ Subnet = $subnet })
    }
}

function Get-VMHostSupportedVersion {
    [CmdletBinding()]
    param()
    foreach ($version in $script:World.versions) {
        $entry = New-Object PSObject -Property @{ Name = 'x'; Version = [version]$version; IsDefault = $false }
        New-TestObject ($script:Names + 'VMConfigurationVersion') $entry
    }
}

function Get-Report($Cmdlet, $VM, [string]$DestinationHost) {
    # What the played destination says of this VM: a report, or an error when it is unknown or refuses.
    foreach ($destination in $script:World.destinations) {
        if ($destination.names -notcontains $DestinationHost) { continue }
        $outcome = $destination.outcomes.PSObject.Properties[[string]$VM.Id].Value
        $fault = $outcome.error
        if ($null -eq $fault) { return New-Report $VM $destination.names[0] $outcome.incompatibilities }
        $Cmdlet.ThrowTerminatingError((New-TestError $fault.id $fault.category $fault.messages $fault.native))
    }
    $text = "The computer '$DestinationHost' could not be resolved."
    $Cmdlet.ThrowTerminatingError((New-TestError 'InvalidParameter' 'ResourceUnavailable' $text))
}

function New-Report($VM, [string]$Destination, $Incompatibilities) {
    $entries = New-Object System.Collections.ArrayList
    foreach ($entry in $Incompatibilities) {
        $source = New-TestObject ($script:Names + $entry.source_type) (New-Object PSObject)
        $cause = New-Object PSObject -Property @{ Message = $entry.message; MessageId = $entry.message_id; Source = $source }
        [void]$entries.Add($cause)
    }
    New-TestObject ($script:Names + 'VMCompatibilityReport') (New-Object PSObject -Property @{
            VM = $VM; OperationType = 'MigrateVirtualMachine'; Destination = $Destination
            Incompatibilities = $entries.ToArray()
        })
}

function Compare-VM {
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'NameSingleDestination')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'NameSingleDestination')][string]$Name,
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'VMSingleDestination')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'VMMultipleDestinations')]$VM,
        [Parameter(Mandatory = $true, Position = 1)][string]$DestinationHost,
        [Parameter(ParameterSetName = 'VMSingleDestination')][switch]$IncludeStorage,
        [Parameter(ParameterSetName = 'VMSingleDestination')][string]$DestinationStoragePath,
        [Parameter(ParameterSetName = 'VMMultipleDestinations')][string]$VirtualMachinePath
    )
    Get-Report $PSCmdlet $VM $DestinationHost
}

function Move-VM {
    [CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'NameSingleDestination')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'NameSingleDestination')][string]$Name,
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'VMSingleDestination')]
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'VMMultipleDestinations')]$VM,
        [Parameter(Mandatory = $true, Position = 1)][string]$DestinationHost,
        [Parameter(ParameterSetName = 'VMSingleDestination')][switch]$IncludeStorage,
        [Parameter(ParameterSetName = 'VMSingleDestination')][string]$DestinationStoragePath,
        [Parameter(ParameterSetName = 'VMMultipleDestinations')][string]$VirtualMachinePath,
        [switch]$Passthru
    )
    $report = Get-Report $PSCmdlet $VM $DestinationHost
    if ($report.Incompatibilities.Length -gt 0) { return $report }
    $script:World.vms = @($script:World.vms | Where-Object { $_.properties.Id -ne [string]$VM.Id })
    if ($Passthru) { $VM }
}

$lacking = @()
if ($script:World.profile -eq '2012') { $lacking = 'Get-VMSecurity', 'Get-VMHostSupportedVersion' }
$cmdlets = 'Get-VM', 'Get-VMHardDiskDrive', 'Get-VMDvdDrive', 'Get-VMNetworkAdapter', 'Get-VMSnapshot', 'Get-VMProcessor',
    'Get-VMSecurity', 'Get-VHD', 'Get-VMHost', 'Get-VMSwitch', 'Get-VMMigrationNetwork', 'Get-VMHostSupportedVersion',
    'Compare-VM', 'Move-VM'
Export-ModuleMember -Function ($cmdlets | Where-Object { $lacking -notcontains $_ })
