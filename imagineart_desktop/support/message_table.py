"""The sentence of every message that may be stored, by its code. The only place that has them.

A pair holds the singular and the plural, chosen by `count`. Never change the meaning of a code, and keep codes that
aren't used any more: jobs and recipes of earlier versions have them.
"""

from __future__ import annotations

TABLE: dict[str, str | tuple[str, str]] = {
    "text": "{text}",
    "unreadable": "This version of the program doesn’t know this message. Update it to see what happened.",
    # The service: what happened.
    "fal.proxy_unreachable": "The proxy can’t reach {host}.",
    "fal.certificate_untrusted": "The certificate of {host} is not trusted.",
    "fal.unreachable": "{host} cannot be reached.",
    "fal.host_unknown": "{host} cannot be found.",
    "fal.timeout": "{host} did not answer in time.",
    "fal.connection_cut": "The connection to {host} was cut.",
    "fal.redirect": "The service answered with a redirect.",
    "fal.key_refused": "The API key was not accepted.",
    "fal.key_malformed": "This is not a fal.ai key, which looks like id:secret.",
    "fal.balance_used_up": "The account is locked: its balance is used up.",
    "fal.spending_locked": "A spending limit of the account or of the key is reached: {text}",
    "fal.account_locked": "The account is locked: {text}",
    "fal.no_permission": "The key has no permission for this model.",
    "fal.request_unknown": "The service doesn’t know this request.",
    "fal.busy": "The service is busy.",
    "fal.failed": "The service failed: {text}",
    "fal.failed_status": "The service failed: status {status}",
    "fal.content_policy": "Rejected by content policy.",
    "fal.input_refused": "The model refused the input.",
    "fal.input_refused_because": "{text}",
    "fal.too_many_requests_listed": "There are more requests than can be looked through.",
    "fal.submit_unreadable": "The service’s answer to the request could not be read.",
    "fal.answer_unreadable": "The service’s answer could not be read.",
    "fal.status_unreadable": "The service’s status could not be read.",
    "fal.stream_compressed": "The service’s status stream is compressed.",
    "fal.stream_unreadable": "The service’s status stream could not be read.",
    "fal.list_unreadable": "The service’s list of requests could not be read.",
    "fal.result_unreadable": "The result could not be read.",
    "fal.model_unknown": "fal.ai has no model “{endpoint}”.",
    "fal.answer_too_long": "The answer of {host} is too long.",
    "fal.answer_cut": "The answer was cut.",
    "fal.compression_unsupported": "The answer has an unsupported compression.",
    "fal.not_decompressed": "The answer could not be decompressed.",
    "fal.url_foreign": "The service named an address that is not its own.",
    "fal.url_invalid": "The service named an invalid address.",
    "fal.url_too_long": "The result’s address is too long.",
    "fal.url_no_image": "This is not an address of an image.",
    "fal.url_scheme": "Only {schemes} addresses are fetched.",
    "fal.url_private": "The address is inside a private network; it was not fetched.",
    "fal.image_url_invalid": "The image’s address is invalid.",
    "fal.image_url_circular": "The image’s address redirects in circles.",
    "fal.image_too_large": "The image is larger than {megabytes} MB.",
    "fal.download_empty": "The download was empty.",
    "fal.inline_unreadable": "The inline result could not be read.",
    "fal.result_gone": "The result is no longer there.",
    "fal.upload_token_refused": "The service rejected its own upload token.",
    "fal.upload_token_unreadable": "The service’s upload token could not be read.",
    "fal.upload_url_refused": "The service rejected its own upload address.",
    "fal.upload_url_missing": "The service did not say where to upload to.",
    "fal.upload_url_invalid": "The service didn’t return an upload address.",
    "fal.upload_part_unconfirmed": "The service did not confirm a part of the upload.",
    "fal.upload_answer_too_long": "The answer to the upload is too long.",
    "fal.upload_answer_unreadable": "The service’s answer to the upload could not be read.",
    # The service: what to do.
    "fal.advice.try_later": "Try again later.",
    "fal.advice.check_connection": "Check your connection.",
    "fal.advice.check_proxy": "Check HTTPS_PROXY or ALL_PROXY: the address, the user and the password.",
    "fal.advice.check_trust": (
        "Check SSL_CERT_FILE and the computer’s clock, and whether the network asks you to sign in."
    ),
    "fal.advice.check_dashboard": (
        "It may have been accepted and charged. Check your fal.ai dashboard before sending it again."
    ),
    "fal.advice.wait": "Wait a moment and try again.",
    "fal.advice.check_key": "Check the key in Settings → Account.",
    "fal.advice.check_any_key": "Check FAL_KEY, or the key in Settings → Account.",
    "fal.advice.check_account": "Check the account on fal.ai.",
    "fal.advice.top_up": "Top up on fal.ai, then send it again.",
    "fal.advice.raise_limit": "Raise the limit on fal.ai, or ask its owner to, then send it again.",
    "fal.advice.check_permission": "Check the permissions of the key on fal.ai, or use another key.",
    "fal.advice.send_again": "Send it again.",
    "fal.advice.change_form": "Change the form and send it again.",
    "fal.advice.change_content": "Change the prompt or the image.",
    "fal.advice.report": "Report this to fal.ai; the request id is in the details.",
    "fal.advice.fetch_again": "Fetch it again.",
    "fal.advice.too_late": "It was not fetched in time; send it again.",
    "fal.advice.not_charged": "Nothing was charged. Try again later.",
    # Jobs: what happened.
    "job.input_missing": "An image of this request is no longer in the library.",
    "job.url_unknown": "The address of this request is not known.",
    "job.download_canceled": "Download canceled.",
    "job.submit_interrupted": "The program ended while this was being sent.",
    "job.step_failed": "A step failed in this program.",
    "job.upload_stalled": "The upload isn’t moving.",
    "job.no_image": "The service returned no image.",
    "job.images_missing": (
        "{count} of {total} images is missing. {problem}",
        "{count} of {total} images are missing. {problem}",
    ),
    "job.from_older_copy": "This request came with an older copy of the library and may already have been sent.",
    "job.record_damaged": "A record of this request is damaged; it may already have been sent.",
    "job.disk_full": "The disk is full.",
    "job.folder_not_writable": "The library’s folder cannot be written.",
    "job.too_many_files": "Too many files are open.",
    "job.file_failed": "A file cannot be read or written: {reason}.",
    "job.lookup.twin": "The same request is being sent now.",
    "job.lookup.failed": "Couldn’t check with the service.",
    "job.lookup.not_allowed": "This key can’t list requests.",
    "job.lookup.not_listed": "The service lists no such request.",
    "job.lookup.not_connected": "Not connected to the service.",
    "job.lookup.damaged": "The request’s record is damaged, so it can’t be recognized.",
    "job.lookup.similar": (
        "The service lists {count} similar request.",
        "The service lists {count} similar requests.",
    ),
    "job.lookup.not_readable": (
        "The service lists {count} request this key can’t read.",
        "The service lists {count} requests this key can’t read.",
    ),
    # Jobs: what to do.
    "job.advice.choose_again": "Choose it again.",
    "job.advice.fetch_or_report": "Fetch it again, or report it with the request id.",
    "job.advice.fetch_maybe_charged": "It may still have been made and charged: fetch it again.",
    "job.advice.fetch_paid": "It is paid for: fetch it again.",
    "job.advice.look_again": "Look again in a moment.",
    "job.advice.look_before_sending": "Look for it before you send it again: sending it twice is charged twice.",
    "job.advice.check_dashboard": "Check your fal.ai dashboard before sending it again.",
    "job.advice.problem_then_dashboard": "{problem} Check your fal.ai dashboard before sending it again.",
    "job.advice.add_key": "Add your key first. Check your fal.ai dashboard before sending it again.",
    "job.advice.not_listed": (
        "It probably didn’t arrive. The list can lag behind: look again in a minute, or send it again."
    ),
    "job.advice.upload_continues": "Check your connection. The upload continues on its own.",
    "job.advice.retrying": "Retrying automatically.",
    "job.advice.retrying_after": "{advice} Retrying automatically.",
    "job.advice.retrying_or_report": "Retrying automatically. If it doesn’t end, report it: Help → Report a problem.",
    "job.advice.free_space": "Free some space. The job resumes automatically.",
    "job.advice.allow_writing": "Allow writing to the library’s folder. The job resumes automatically.",
    "job.advice.close_programs": "Close other programs. The job resumes automatically.",
    "job.advice.check_disk": "Check the disk. The job resumes automatically.",
    # The library: what happened.
    "library.read_only": "Read-only here: the library is open in another window.",
    "library.too_new": "The library in {folder} was used by a newer version of this program.",
    "library.in_use": "The library in {folder} is open in another window.",
    "library.in_use_by_other_version": "The library in {folder} is open in another version of the program.",
    "library.row_damaged": "The record of this image is damaged.",
    "library.closed": "The library was closed.",
    "library.damaged": "The library database {name} is damaged.",
    "library.missing": "There is no library database in {folder}.",
    "library.not_a_folder": "“{path}” must be a folder, but a file or a broken link has its place.",
    "library.unusable": "The library database {name} cannot be used: {reason}.",
    "library.foreign": "The database {path} is damaged, or not one of this program.",
    "library.disk_full": "The disk with {place} is full.",
    "library.busy": "Another program is using {path}.",
    "library.not_writable": "{place} is read-only.",
    "library.not_allowed": "This user may not open {place}.",
    "library.disk_failed": "The disk with {place} cannot be read or written.",
    "library.too_many_files": "Too many files are open.",
    "library.collection_unnamed": "Give the collection a name.",
    "library.collection_exists": "A collection named “{name}” already exists.",
    "library.collection_not_empty": "A collection with others inside it can’t be moved into another.",
    "library.collection_too_deep": "Collections can be nested one level deep.",
    "library.search_exists": "A saved search named “{name}” already exists.",
    # The definitions of models.
    "spec.missing": "The model definition stored with it is missing. Restore the library from a backup.",
    "spec.unreadable": "The model definition stored with it can’t be read: {problem}.",
    "spec.damaged": "The model definition stored with it is damaged. Restore the library from a backup.",
    "spec.of_another_model": "The model definition stored with it belongs to another model; the record is damaged.",
    # The library: what failed, and why.
    "library.file_failed": "{doing}: {problem}.",
    "library.doing.save_step": "The step of a job cannot be saved",
    "library.doing.save_jobs": "The jobs cannot be saved",
    "library.doing.read_jobs": "The jobs cannot be read",
    "library.doing.use_folder": "The library folder {folder} cannot be used",
    "library.doing.open": "The library in {folder} cannot be opened",
    "library.doing.write": "The library in {folder} cannot be written",
    "library.doing.compare": "The library’s files cannot be compared with its database",
    "library.doing.save_image": "The image cannot be saved in the library",
    "library.doing.note_payment": "What was paid cannot be noted",
    "library.doing.save_thumbnail": "The thumbnail cannot be saved",
    "library.doing.move": ("{count:,} image cannot be moved", "{count:,} images cannot be moved"),
    "library.problem.full": "the disk is full",
    "library.problem.read_only": "the disk is read-only",
    "library.problem.denied": "permission denied",
    "library.problem.too_many_files": "too many files are open",
    "library.problem.failed": "the disk cannot be read or written",
    # The library: what to do.
    "library.advice.update": (
        "Update this program to open it. If it is up to date, move {name} out of that folder and start again:"
        " the library is rebuilt from its image files."
    ),
    "library.advice.close_other": "Close that one first, or use another folder.",
    "library.advice.rebuild": "Rebuild the library: its records are restored from the image files.",
    "library.advice.start_again": "Start the program again.",
    "library.advice.restart": "Restart the program: it is rebuilt from the image files.",
    "library.advice.use_other_copy": "Use another copy.",
    "library.advice.free_space": "Free some space and try again.",
    "library.advice.close_it": "Close it and try again.",
    "library.advice.allow_changes": "Allow changes to this folder, or choose another one.",
    "library.advice.change_permissions": "Change the permissions of this folder, or choose another one.",
    "library.advice.change_permissions_of": "Change the permissions of {path}.",
    "library.advice.change_folder_permissions": "Change the permissions of the folder.",
    "library.advice.choose_folder": "Choose another folder.",
    "library.advice.check_connected": "Check that it is connected.",
    "library.advice.close_programs": "Close other programs and try again.",
    "library.advice.move_or_connect": "Move it elsewhere, or connect the disk that it leads to.",
    "library.advice.try_again": "Try again.",
    # Images and masks. `label` begins the sentence.
    "image.named": "“{name}”",
    "image.this": "This image",
    "image.result": "The result",
    "image.not_readable": "{label} cannot be read: {reason}.",
    "image.no_memory": "{label} needs more memory than this computer has left.",
    "image.no_file_name": "{label} is not the name of a file.",
    "image.empty": "{label} is empty.",
    "image.folder": "{label} is a folder. Choose a file.",
    "image.no_file": "{label} is not a file but a pipe, socket or device. Choose a file.",
    "image.file_too_large": "{label} is too large: the limit is {megabytes} MB.",
    "image.too_large": "{label} is too large: {width} × {height}, the limit is {megapixels} megapixels.",
    "image.damaged": "{label} is damaged and cannot be opened.",
    "image.no_image": "{label} is not an image that can be opened here ({formats}).",
    "image.jpeg_arithmetic": (
        "{label} uses arithmetic coding, which can’t be opened here. Save it as an ordinary JPEG."
    ),
    "image.jpeg_bits": (
        "{label} has {bits} bits per channel, which can’t be opened here. Save it as an ordinary JPEG."
    ),
    "image.jpeg_coding": (
        "{label} uses lossless or hierarchical coding, which can’t be opened here. Save it as an ordinary JPEG."
    ),
    "image.big_tiff": "{label} is a big-endian BigTIFF, which can’t be opened here. Save it as an ordinary TIFF.",
    "image.float_tiff": (
        "{label} is a floating-point TIFF, which can’t be opened here. Save it with 8 or 16 bits per channel."
    ),
    "image.unusual_tiff": (
        "{label} is a kind of TIFF that can’t be opened here. Save it as grayscale, RGB or CMYK with 8 or 16 bits per"
        " channel."
    ),
    "image.planar_tiff": (
        "{label} stores its channels separately with more than 8 bits, which can’t be opened here. Save it with"
        " interleaved channels."
    ),
    "image.camera_raw": (
        "{label} is a camera raw file; only its preview could be opened. Export it as TIFF, PNG or JPEG first."
    ),
    "image.format_not_available": "{format} cannot be written on this computer. Choose another format.",
    "image.too_large_for_format": "{width} × {height} is too large for {format}. Choose another format or a size.",
    "image.not_written": "This image cannot be written as {format}.",
    "mask.empty": "Paint the area to change.",
    "mask.full": "The whole image is painted. Leave the part to keep unpainted.",
    "mask.size": "The mask is {mask_width} × {mask_height}, the image {width} × {height}.",
    # What a result can't be composited from.
    "missing.not_same_source": "These results were not made from the same image.",
    "missing.source": "The image this was made from is no longer in the library.",
    "missing.mask": "The mask this was made with is no longer in the library.",
    "missing.plan": "The record of how this was sent is damaged.",
    "missing.raw_result": "The original result of this image is no longer in the library.",
    "missing.area": "One of the areas this was made from is no longer in the library.",
    # What is unusual about a result.
    "result.shortened": "The service returned more than {count} images; the first {count} were kept.",
    "result.other_count": (
        "The service returned {count} image instead of {requested}.",
        "The service returned {count} images instead of {requested}.",
    ),
    "result.not_composited": "{problem} This is the service’s own result.",
    "result.stretched": (
        "The service returned another ratio, {width} × {height} for {sent_width} × {sent_height}: it was stretched to"
        " fit."
    ),
    "result.cut": (
        "The service returned another ratio, {width} × {height} for {sent_width} × {sent_height}: its edges are"
        " missing; what it shows was put in its place."
    ),
    "result.padded": (
        "The service returned another ratio, {width} × {height} for {sent_width} × {sent_height}: the added border was"
        " cut off."
    ),
    "result.scaled": (
        "The service returned {width} × {height} for {sent_width} × {sent_height}: it was scaled to fit."
    ),
    "result.shifted": (
        "The result was shifted by {count} pixel: it was moved back.",
        "The result was shifted by {count} pixels: it was moved back.",
    ),
    "result.mask_inverted": (
        "The service repainted everything but the painted area, as if the mask were inverted. None of that was used."
        " Invert the mask and send it again, or try another seed."
    ),
    "result.unchanged": "The painted area came back unchanged. Try a different prompt or another seed.",
    "result.all_changed": "The service changed the whole image. Only the painted area was used.",
    "result.recolored_matched": (
        "The colors of the whole image came back changed: the painted area was matched to its surroundings."
    ),
    "result.recolored": "The colors of the whole image came back changed. Match tone corrects the painted area.",
    "result.opaque": "The transparent parts of the painted area are opaque now.",
    "result.in_areas": ("Area {areas}: {finding}", "Areas {areas}: {finding}"),
}
"""Code → template."""
