# What the host says of itself.

function Get-HostFacts {
    Assert-HyperV
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    $system = Get-CimInstance -ClassName Win32_OperatingSystem
    $processor = @(Get-CimInstance -ClassName Win32_Processor)[0]
    $vmHost = Get-VMHost
    $domain = $null
    $fqdn = [string]$computer.DNSHostName
    if ($computer.PartOfDomain) {
        $domain = [string]$computer.Domain
        $fqdn = $fqdn + '.' + $domain
    }
    @{
        name = [string]$computer.Name
        fqdn = $fqdn
        domain = $domain
        os_caption = ([string]$system.Caption).Trim()
        os_version = [string]$system.Version
        powershell = $PSVersionTable.PSVersion.ToString()
        cpu_manufacturer = ([string]$processor.Manufacturer).Trim()
        cpu_name = ([string]$processor.Name).Trim()
        logical_processors = [int64]$vmHost.LogicalProcessorCount
        memory_bytes = [int64]$vmHost.MemoryCapacity
        memory_free_bytes = Get-FreeMemory $system
        vm_path = [string]$vmHost.VirtualMachinePath
        vhd_path = [string]$vmHost.VirtualHardDiskPath
        volumes = (Get-HostVolumes).ToArray()
        switches = (Get-Switches).ToArray()
        migration = Get-MigrationSettings $vmHost
        vm_versions = (Get-SupportedVersions).ToArray()
        cluster = Get-ClusterName
        credential_guard = Get-CredentialGuard
        now = Format-Time (Get-Date)
    }
}

function Get-FreeMemory($System) {
    $kilobytes = Get-Number $System 'FreePhysicalMemory'
    if ($null -eq $kilobytes) { return $null }
    $kilobytes * 1024
}

function Get-HostVolumes {
    # Fixed volumes with a drive letter or a mount folder; those without have only a \\?\ name and take no VM.
    $rows = New-Object System.Collections.ArrayList
    foreach ($volume in @(Get-CimInstance -ClassName Win32_Volume)) {
        if ($volume.DriveType -ne 3 -or $null -eq $volume.Capacity) { continue }
        $root = [string]$volume.Name
        if ($root.StartsWith('\\')) { continue }
        $row = @{
            root = $root
            label = [string]$volume.Label
            size_bytes = [int64]$volume.Capacity
            free_bytes = [int64]$volume.FreeSpace
        }
        [void]$rows.Add($row)
    }
    , $rows
}

function Get-Switches {
    $rows = New-Object System.Collections.ArrayList
    foreach ($entry in @(Get-VMSwitch)) {
        [void]$rows.Add(@{ name = [string]$entry.Name; kind = [string]$entry.SwitchType })
    }
    , $rows
}

function Get-MigrationSettings($VMHost) {
    $networks = New-Object System.Collections.ArrayList
    foreach ($network in @(Get-VMMigrationNetwork)) { [void]$networks.Add([string]$network.Subnet) }
    @{
        enabled = [bool]$VMHost.VirtualMachineMigrationEnabled
        max_vm_migrations = [int64]$VMHost.MaximumVirtualMachineMigrations
        max_storage_migrations = [int64]$VMHost.MaximumStorageMigrations
        any_network = [bool]$VMHost.UseAnyNetworkForMigration
        authentication = [string]$VMHost.VirtualMachineMigrationAuthenticationType
        performance = Get-Text $VMHost 'VirtualMachineMigrationPerformanceOption'   # 2012 R2 and later
        networks = $networks.ToArray()
    }
}

function Get-SupportedVersions {
    $versions = New-Object System.Collections.ArrayList
    if (Test-HyperVCommand 'Get-VMHostSupportedVersion') {   # 2016 and later
        foreach ($entry in @(Get-VMHostSupportedVersion)) { [void]$versions.Add([string]$entry.Version) }
    }
    , $versions
}

function Get-ClusterName {
    # A host without the feature has no such namespace, one that is no node has no instance.
    $namespace = 'root\mscluster'
    $clusters = @(Get-CimInstance -Namespace $namespace -ClassName MSCluster_Cluster -ErrorAction SilentlyContinue)
    if ($clusters.Length -eq 0) { return $null }
    Get-Text $clusters[0] 'Name'
}

function Get-CredentialGuard {
    # 1 in SecurityServicesRunning is Credential Guard; before 2016 the namespace is missing: then it is not known.
    $namespace = 'root\Microsoft\Windows\DeviceGuard'
    $guards = @(Get-CimInstance -Namespace $namespace -ClassName Win32_DeviceGuard -ErrorAction SilentlyContinue)
    if ($guards.Length -eq 0) { return $null }
    @(Get-Property $guards[0] 'SecurityServicesRunning') -contains 1
}
