# Folders and files of the host.

function Test-RootedPath([string]$Path) {
    # A drive letter's path or \\server\share: nothing that another provider of PowerShell (the registry) would take.
    $Path -match '^([A-Za-z]:\\|\\\\[^\\?.])'
}

function Test-FilePath([string]$Path) {
    # With characters that file names have: neither a wildcard nor a stream.
    (Test-RootedPath $Path) -and $Path.Substring(2) -notmatch '[<>"|?*:\x00-\x1f]'
}

function New-FolderFault([string]$Path) {
    New-Missing 'HvDesk.FolderNotFound' "There is no folder '$Path'." $Path
}

function New-DriveFault([string]$Path) {
    New-Missing 'HvDesk.DriveNotFound' "There is no drive for '$Path'." $Path
}

function Get-Folder([string]$Path) {
    if (-not (Test-RootedPath $Path)) { throw (New-DriveFault $Path) }
    if (-not (Test-FilePath $Path)) { throw (New-FolderFault $Path) }
    try {
        $item = Get-Item -LiteralPath $Path -Force
    } catch {
        $name = Get-FaultName $_
        if ($name -eq 'PathNotFound') { throw (New-FolderFault $Path) }
        if ($name -eq 'DriveNotFound') { throw (New-DriveFault $Path) }
        throw
    }
    if (-not $item.PSIsContainer) { throw (New-FolderFault $Path) }
    $item
}

function Get-VolumeOf([string]$Path, $Volumes) {
    # The volume whose root is the longest beginning of the path; null on a share.
    $best = $null
    $whole = $Path.TrimEnd('\') + '\'
    foreach ($volume in $Volumes) {
        if (-not $whole.StartsWith($volume.root, 'OrdinalIgnoreCase')) { continue }
        if ($null -eq $best -or $volume.root.Length -gt $best.root.Length) { $best = $volume }
    }
    $best
}

function Get-FolderListing([string]$Path) {
    $volumes = Get-HostVolumes
    $names = New-Object System.Collections.ArrayList
    $volume = $null
    if ($Path.Length -eq 0) {
        foreach ($drive in $volumes) { [void]$names.Add($drive.root) }
    } else {
        $folder = Get-Folder $Path
        $children = @(Get-ChildItem -LiteralPath $folder.FullName -Directory)
        foreach ($child in $children) { [void]$names.Add([string]$child.Name) }
        $volume = Get-VolumeOf $Path $volumes
    }
    $listing = @{ path = $Path; folders = $names.ToArray(); free_bytes = $null; size_bytes = $null }
    if ($null -ne $volume) {
        $listing.free_bytes = $volume.free_bytes
        $listing.size_bytes = $volume.size_bytes
    }
    $listing
}

function Get-FileLengths($Paths) {
    $rows = New-Object System.Collections.ArrayList
    foreach ($path in @($Paths)) {
        $length = $null
        if (Test-FilePath $path) {
            # A file that is not there yet is an answer, not an error.
            $item = Get-Item -LiteralPath $path -Force -ErrorAction SilentlyContinue
            if ($null -ne $item) { $length = Get-Number $item 'Length' }
        }
        [void]$rows.Add(@{ path = [string]$path; length = $length })
    }
    @{ files = $rows.ToArray() }
}
