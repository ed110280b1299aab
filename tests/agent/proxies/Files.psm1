# Drives, folders and files of the played host; backslashes and letters without regard to case, as on Windows.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Test-Known([string]$Path, $List) {
    $wanted = $Path.TrimEnd('\')
    foreach ($entry in $List) { if ($entry.TrimEnd('\') -eq $wanted) { return $true } }
    $false
}

function New-Entry([string]$Path, $Length) {
    $name = $Path.Substring($Path.TrimEnd('\').LastIndexOf('\') + 1)
    $object = New-Object PSObject -Property @{ FullName = $Path; Name = $name; PSIsContainer = $null -eq $Length }
    if ($null -ne $Length) { Add-Member -InputObject $object -MemberType NoteProperty -Name Length -Value $Length }
    $object
}

function Find-Missing([string]$Path) {
    # The error for a path that is not there: its drive or the path.
    $root = $Path.Substring(0, 2) + '\'
    if ($root -ne '\\\' -and -not (Test-Known $root (Get-TestWorld).folders)) {
        $text = "Cannot find drive. A drive with the name '$($Path[0])' does not exist."
        return New-TestError 'DriveNotFound' 'ObjectNotFound' $text
    }
    New-TestError 'PathNotFound' 'ObjectNotFound' "Cannot find path '$Path' because it does not exist."
}

function Get-Item {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string[]]$LiteralPath, [switch]$Force)
    $world = Get-TestWorld
    foreach ($path in $LiteralPath) {
        if (Test-Known $path $world.folders) { New-Entry $path $null; continue }
        $file = $world.files.PSObject.Properties[$path]
        if ($null -ne $file) { New-Entry $path $file.Value; continue }
        $PSCmdlet.WriteError((Find-Missing $path))
    }
}

function Get-ChildItem {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][string[]]$LiteralPath, [switch]$Directory)
    foreach ($path in $LiteralPath) {
        $above = $path.TrimEnd('\') + '\'
        foreach ($folder in (Get-TestWorld).folders) {
            if ($folder.Length -le $above.Length -or -not $folder.StartsWith($above, 'OrdinalIgnoreCase')) { continue }
            if ($folder.IndexOf('\', $above.Length) -lt 0) { New-Entry $folder $null }
        }
    }
}

function New-Item {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true, Position = 0)][string[]]$Path, [string]$ItemType)
    $world = Get-TestWorld
    if ($ItemType -cne 'Directory') { throw 'only folders are made here' }
    foreach ($folder in $Path) {
        if (Test-Known $folder $world.folders) {
            $text = "An item with the specified name $folder already exists."
            $PSCmdlet.WriteError((New-TestError 'DirectoryExist' 'ResourceExists' $text))
            continue
        }
        $missing = Find-Missing $folder
        if ($missing.FullyQualifiedErrorId -eq 'DriveNotFound') { $PSCmdlet.WriteError($missing); continue }
        $world.folders += $folder
        New-Entry $folder $null
    }
}

Export-ModuleMember -Function Get-Item, Get-ChildItem, New-Item
