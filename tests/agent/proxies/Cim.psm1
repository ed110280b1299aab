# CIM classes of the played host, and the two methods that the agent calls.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$script:Classes = @{
    'root/cimv2' = 'Win32_ComputerSystem', 'Win32_OperatingSystem', 'Win32_Processor', 'Win32_Volume'
    'root/virtualization/v2' = 'Msvm_MigrationJob', 'Msvm_ComputerSystem',
        'Msvm_PlannedComputerSystem', 'Msvm_VirtualSystemManagementService'
    'root/mscluster' = , 'MSCluster_Cluster'
    'root/microsoft/windows/deviceguard' = , 'Win32_DeviceGuard'
}

function Get-CimInstance {
    [CmdletBinding(DefaultParameterSetName = 'ClassNameComputerSet')]
    param(
        [Parameter(Mandatory = $true, Position = 0, ParameterSetName = 'ClassNameComputerSet')][string]$ClassName,
        [Parameter(ParameterSetName = 'ClassNameComputerSet')][string]$Namespace = 'root/cimv2'
    )
    $place = $Namespace.Replace('\', '/').ToLowerInvariant()
    $instances = (Get-TestWorld).cim.PSObject.Properties[$ClassName]
    if ($null -eq $instances) {
        $PSCmdlet.WriteError((New-TestError 'HRESULT 0x8004100e' 'MetadataError' 'Invalid namespace'))
        return
    }
    if ($script:Classes[$place] -notcontains $ClassName) { throw "$ClassName is not a class of $Namespace" }
    foreach ($instance in $instances.Value) {
        New-TestObject ('Microsoft.Management.Infrastructure.CimInstance#' + $place + '/' + $ClassName) $instance
    }
}

function Get-ClassName($Instance) {
    # Select-Object puts a name of its own before those of an object that is not a real CimInstance.
    foreach ($name in $Instance.PSObject.TypeNames) { if ($name -match '/(\w+)$') { return $Matches[1] } }
}

function Invoke-CimMethod {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true, Position = 0)]$InputObject,
        [Parameter(Mandatory = $true, Position = 1)][string]$MethodName,
        [Parameter(Position = 2)][System.Collections.IDictionary]$Arguments
    )
    $class = Get-ClassName $InputObject
    switch -CaseSensitive ($class + '.' + $MethodName) {
        'Msvm_MigrationJob.RequestStateChange' { $code = Stop-TestJob $InputObject.InstanceID $Arguments.RequestedState }
        'Msvm_VirtualSystemManagementService.DestroySystem' { $code = Remove-TestSystem $Arguments.AffectedSystem }
        default { throw "no method $_" }
    }
    New-TestObject 'Microsoft.Management.Infrastructure.CimMethodResult' (New-Object PSObject -Property @{
            ReturnValue = [uint32]$code; PSComputerName = $null
        })
}

function Stop-TestJob([string]$InstanceId, $RequestedState) {
    if ($RequestedState -isnot [uint16]) { throw 'RequestedState is a uint16' }
    foreach ($job in (Get-TestWorld).cim.Msvm_MigrationJob) {
        if ($job.InstanceID -ne $InstanceId) { continue }
        if (-not $job.Cancellable) { return 32775 }
        $job.Cancellable = $false
        $job.JobState = 6
        return 0
    }
    32773
}

function Remove-TestSystem($System) {
    # By the reference of a planned object only: the real VM has the same Name.
    if ((Get-ClassName $System) -cne 'Msvm_PlannedComputerSystem') { return 32773 }
    $cim = (Get-TestWorld).cim
    $cim.Msvm_PlannedComputerSystem = @($cim.Msvm_PlannedComputerSystem | Where-Object { $_.Name -ne $System.Name })
    0
}

Export-ModuleMember -Function Get-CimInstance, Invoke-CimMethod
