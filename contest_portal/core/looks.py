"""What core looks at in a deployment: addresses and TLS, secrets, database, storage, disk, jobs, backups, mail."""

from __future__ import annotations

import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.sansio.utils import host_is_trusted

from contest_portal.core import audit, audit_seal
from contest_portal.core.audit_keeping import lost_head
from contest_portal.core.audit_seal import Seal
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import Backup, Job
from contest_portal.core.operating.looking_over import Finding, look
from contest_portal.core.operating.readiness import somebody_works, standing
from contest_portal.core.place_probe import try_out
from contest_portal.core.running_processes import living
from contest_portal.core.storage import storage
from contest_portal.core.structure_steps import structure
from contest_portal.core.virus_scan import ScannerAway, version_of

OLD_BACKUP = timedelta(hours=48)
LATE_JOB = timedelta(minutes=15)
LITTLE_BYTES = 5 << 30
STRUCTURES = {
    "none": ("bad", "数据库还没有建立。"),
    "older": ("bad", "数据库结构比程序旧。"),
    "newer": ("warn", "数据库结构比程序新，新增的内容不影响本程序：正在升级，或程序退回过旧版本。"),
    "too_new": ("bad", "数据库结构比程序新，本程序不能再用。"),
    "current": ("ok", "数据库结构是最新的。"),
}


@look("debug")
def debug(app: Flask) -> Iterator[Finding]:
    if app.config["SETTINGS"].debug:
        yield Finding("debug", "bad", "调试模式开着，出错页会显示程序内部。", "去掉 CONTEST_PORTAL_DEBUG。")
    else:
        yield Finding("debug", "ok", "调试模式已关闭。")


@look("tls")
def tls(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https" or not parts.hostname:
        how = f"是 {settings.public_url}" if settings.public_url else "没有设置"
        advice = "设为 https 开头的网址，例如 CONTEST_PORTAL_PUBLIC_URL=https://contest.example.org，并由前面的代理提供证书。"
        yield Finding("tls", "bad", f"公开网址{how}，密码和名册会不加密地传送。", advice)
    else:
        yield Finding("tls", "ok", f"公开网址是 {settings.public_url}。")
    if not settings.secure_cookies:
        advice = "设置 CONTEST_PORTAL_SECURE_COOKIES=true。"
        yield Finding("cookies", "bad", "登录凭据（Cookie）没有限定只走 https。", advice)
    else:
        yield Finding("cookies", "ok", "登录凭据只走 https。")


@look("hosts")
def hosts(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    named = [one.strip() for one in settings.allowed_hosts.split(",") if one.strip()]
    own = urlsplit(settings.public_url).hostname or ""
    if not named:
        advice = f"设置 CONTEST_PORTAL_ALLOWED_HOSTS={own or 'contest.example.org'}。"
        yield Finding("hosts", "warn", "没有限定网站的域名，任何域名指到这里都会得到回答。", advice)
    elif own and not host_is_trusted(own, named):
        advice = "把公开网址的域名加进 CONTEST_PORTAL_ALLOWED_HOSTS。"
        yield Finding("hosts", "bad", f"公开网址的域名 {own} 不在允许的域名里，所有人都会被拒绝。", advice)
    else:
        yield Finding("hosts", "ok", f"网站只以 {settings.allowed_hosts} 回答。")


@look("proxies")
def proxies(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    if settings.secure_cookies and not settings.trusted_proxies:
        text_ = "没有信任任何代理：网站自己不提供 https，所有访客会显示为同一个地址，限次会误伤。"
        yield Finding("proxies", "bad", text_, "前面有一层代理时设置 CONTEST_PORTAL_TRUSTED_PROXIES=1。")
    else:
        yield Finding("proxies", "ok", f"信任前面 {settings.trusted_proxies} 层代理。")
    if settings.metrics_port and not _is_inside(settings.metrics_host):
        advice = "设为内网地址，或用防火墙只放行监测服务器。"
        yield Finding("metrics", "warn", f"监测数据在 {settings.metrics_host} 上公开，不问密码。", advice)


def _is_inside(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_private and not address.is_unspecified


@look("secrets")
def secrets(app: Flask) -> Iterator[Finding]:
    """Keys, the database's file and settings with passwords are their owner's alone."""
    settings = app.config["SETTINGS"]
    folder: Path = settings.instance
    wanted = [folder / "secrets", *sorted((folder / "secrets").glob("*")), folder / "settings.env"]
    wanted += sorted(folder.glob("contest.sqlite3*"))
    there = [one for one in wanted if one.exists()]
    open_ones = [one for one in there if one.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    for one in open_ones:
        mode = stat.S_IMODE(one.stat().st_mode)
        advice = f"运行 chmod go-rwx {one}。"
        yield Finding("secrets", "bad", f"{one} 的权限是 {mode:o}，别的用户也能读。", advice)
    if not open_ones:
        yield Finding("secrets", "ok", f"密钥和数据库的 {len(there)} 个文件只有运行网站的用户能读。")


@look("structure")
def database_structure(_app: Flask) -> Iterator[Finding]:
    found = structure()
    level, words = STRUCTURES[found]
    advice = {"current": "", "newer": "把这里的程序也升级。", "too_new": "安装新版本的程序。"}
    yield Finding("structure", level, words, advice.get(found, "运行 contest-portal db upgrade。"))  # type: ignore[arg-type]


@look("database")
def database_takes_writes(_app: Flask) -> Iterator[Finding]:
    """A statement that changes nothing, taken back: a disk that is full or read-only, a standby says so."""
    db.session.connection(execution_options={"writes": True})
    db.session.execute(text("UPDATE audit_head SET count = count"))
    db.session.rollback()
    yield Finding("database", "ok", f"数据库（{db.engine.dialect.name}）可以写入。")


@look("audit")
def trail(_app: Flask) -> Iterator[Finding]:
    """The end of the trail and the heads that were kept; the whole chain is walked by `audit verify`."""
    count, digest, seal = audit.head_row(db.session)
    advice = "运行 contest-portal audit verify，查明原因；不能解释的，从备份中恢复。"
    lost = lost_head(db.session)
    if lost is not None:
        text_ = f"操作记录里没有留存过的 {lost.count}:{lost.digest[: audit.SHORTEST_DIGEST]}：被截断或重写过。"
        yield Finding("audit", "bad", text_, advice)
    elif count and not audit.fits(db.session, count, digest):
        yield Finding("audit", "bad", f"操作记录的末尾不一致：第 {count} 条不是记下的那一条。", advice)
    elif (found := audit_seal.standing(count, digest, seal)) is Seal.NOT_YET and count:
        yield Finding("audit", "warn", "操作记录还没有封印。", "启动一次网站，就会加封。")
    elif found in {Seal.RIGHT, Seal.NOT_YET}:
        yield Finding("audit", "ok", f"操作记录的末尾（第 {count} 条）和封印相符。")
    else:
        yield Finding("audit", "bad", "操作记录的封印不符：有人不经程序改写过数据库，或密钥不全。", advice)


@look("storage")
def storage_works(app: Flask) -> Iterator[Finding]:
    try_out(storage())
    where = app.config["SETTINGS"].storage_url.partition("?")[0] or "本机目录"
    yield Finding("storage", "ok", f"文件存储（{where}）可以写入、读出和删除。")


@look("virus")
def virus_scanner(app: Flask) -> Iterator[Finding]:
    address = app.config["SETTINGS"].clamd
    if not address:
        advice = "装好 ClamAV 后设置 CONTEST_PORTAL_CLAMD=/run/clamav/clamd.ctl。"
        yield Finding("virus", "warn", "上传的文件没有查病毒。", advice)
        return
    try:
        told = version_of(address)
    except ScannerAway as away:
        advice = "启动 clamav-daemon，或改正 CONTEST_PORTAL_CLAMD；在它恢复之前不收任何文件。"
        yield Finding("virus", "bad", f"病毒检查（{address}）没有回答：{away.why}", advice)
    else:
        yield Finding("virus", "ok", f"上传的文件先查病毒：{told}")


@look("disk")
def disk(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    folders = {standing(one).stat().st_dev: one for one in (settings.uploads_folder, settings.instance)}
    for folder in folders.values():
        usage = shutil.disk_usage(standing(folder))
        told = f"{folder} 所在磁盘还有 {usage.free / (1 << 30):.1f} GB，共 {usage.total / (1 << 30):.0f} GB"
        if usage.free <= settings.upload_reserve_mb << 20:
            yield Finding("disk", "bad", f"{told}：已停止接收上传。", "请清理磁盘或扩容。")
        elif usage.free < max(LITTLE_BYTES, usage.total // 20):
            yield Finding("disk", "warn", f"{told}，剩余不多。", "截止日前上传很集中，请清理磁盘或扩容。")
        else:
            yield Finding("disk", "ok", f"{told}。")


@look("worker")
def worker(app: Flask) -> Iterator[Finding]:
    runs = bool(living(app))
    if somebody_works():
        yield Finding("worker", "ok", "后台任务在运行。")
    elif runs:
        text_ = "网站在运行，但没有后台任务在运行：上传的文件不会被接收，通知不会发出。"
        advice = "启动 contest-portal worker，或去掉 CONTEST_PORTAL_JOBS_EMBEDDED=false。"
        yield Finding("worker", "bad", text_, advice)
    else:
        yield Finding("worker", "warn", "网站和后台任务都没有在运行。", "启动后请再检查一次。")
    due = select(func.count(Job.id)).where(Job.state == "waiting", Job.run_at < now() - LATE_JOB)
    if late := db.session.scalar(due):
        text_ = f"{late} 项后台任务等了 15 分钟以上还没有开始。"
        yield Finding("jobs", "warn" if not runs else "bad", text_, "请看日志，或增加 contest-portal worker。")


@look("backups")
def backups(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    if not settings.backup_folder:
        yield Finding("backups", "bad", "没有设置自动备份。", "设置 CONTEST_PORTAL_BACKUP_FOLDER，放在另一块磁盘上。")
    elif not settings.backup_key:
        text_ = "备份没有加密，也不包含密钥：只有备份时，身份证号和电话无法恢复。"
        yield Finding("backups", "warn", text_, "设置 CONTEST_PORTAL_BACKUP_KEY，并把它另外保管。")
    if settings.backup_folder and not settings.backup_folder.startswith("s3://"):
        yield _backup_folder(standing(Path(settings.backup_folder).expanduser()))
    last = db.session.scalar(select(func.max(Backup.begun_at)).where(Backup.state == "done"))
    advice = "运行 contest-portal backup 目录，并查看上一次没有成功的原因。"
    if last is None:
        yield Finding("backup_age", "bad", "还没有成功的备份。", advice)
    elif now() - last > OLD_BACKUP:
        hours = (now() - last).total_seconds() / 3600
        yield Finding("backup_age", "bad", f"上一次备份是 {hours:.0f} 小时前，超过 48 小时。", advice)
    else:
        yield Finding("backup_age", "ok", "48 小时内有成功的备份。")


def _backup_folder(folder: Path) -> Finding:
    """Whether the folder, or the one in which it will be made, takes something."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"contest-portal")
    except OSError:
        advice = f"建好这个目录，交给运行网站的用户（chown），权限 700；用 systemd 启动的，还要写进单元的 ReadWritePaths。现在是：{folder}。"
        return Finding("backup_folder", "bad", "不能写入备份的目录，每天的备份不会成功。", advice)
    return Finding("backup_folder", "ok", f"备份的目录（{folder}）可以写入。")


@look("mail")
def mail(app: Flask) -> Iterator[Finding]:
    settings = app.config["SETTINGS"]
    if not settings.smtp_url:
        advice = "设置 CONTEST_PORTAL_SMTP_URL 和 CONTEST_PORTAL_MAIL_FROM。"
        yield Finding("mail", "warn", "没有设置邮件服务器：通知只在站内，重设密码要由上级办理。", advice)
    elif settings.smtp_url.startswith("file:"):
        yield Finding("mail", "bad", "邮件只写进文件，没有发出。", "设置真正的邮件服务器。")
    else:
        yield Finding("mail", "ok", "已设置邮件服务器。")


@look("second_factor")
def second_factor(app: Flask) -> Iterator[Finding]:
    if app.config["SETTINGS"].requires_second_factor:
        yield Finding("second_factor", "ok", "主办单位的账号必须两步登录。")
    else:
        advice = "设置 CONTEST_PORTAL_SECOND_FACTOR=required。"
        yield Finding("second_factor", "bad", "主办单位的账号只凭密码就能登录。", advice)
