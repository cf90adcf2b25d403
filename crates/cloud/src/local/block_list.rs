//! The XML of Put Block List and Get Block List.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::staging::BlockId;
use crate::{BLOCKS_MAX, Block, Blocks};

const LIST: &str = "BlockList";

/// Says why a body is no list of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BlockListError {
    /// It is not the XML that is expected, and nothing else.
    #[error("the list of blocks is not of its form")]
    Form,
    /// It has more than 50,000 blocks.
    #[error("the list has more than 50,000 blocks")]
    TooLong,
    /// It names a block by what is no id, or asks for a block of a blob that there is not.
    #[error("the list names what is no staged block")]
    Block,
}

/// Which blocks Get Block List is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Committed,
    Uncommitted,
    All,
}

/// Reads the blocks that a blob is to be made of. Declarations other than XML's own, entities, comments and attributes are
/// refused: nothing that writes such a list needs one.
pub(crate) fn parse(body: &[u8]) -> Result<Vec<BlockId>, BlockListError> {
    let text = str::from_utf8(body).map_err(|_| BlockListError::Form)?;
    let mut reader = Reader::from_str(text);
    let mut event = || reader.read_event().map_err(|_| BlockListError::Form);
    let mut first = skip_space(&mut event)?;
    if matches!(first, Event::Decl(_)) {
        first = skip_space(&mut event)?;
    }
    let mut ids = Vec::new();
    if let Event::Start(start) = &first
        && is_plain(start, LIST)
    {
        read_ids(&mut event, &mut ids)?;
    } else if !matches!(&first, Event::Empty(start) if is_plain(start, LIST)) {
        return Err(BlockListError::Form);
    }
    if matches!(skip_space(&mut event)?, Event::Eof) { Ok(ids) } else { Err(BlockListError::Form) }
}

fn read_ids<'a>(
    event: &mut impl FnMut() -> Result<Event<'a>, BlockListError>,
    ids: &mut Vec<BlockId>,
) -> Result<(), BlockListError> {
    loop {
        let next = skip_space(event)?;
        // The reader checks that an end has the name of what it ends.
        if matches!(next, Event::End(_)) {
            return Ok(());
        }
        let Event::Start(start) = next else { return Err(BlockListError::Form) };
        if is_plain(&start, "Committed") {
            return Err(BlockListError::Block);
        }
        if !is_plain(&start, "Latest") && !is_plain(&start, "Uncommitted") {
            return Err(BlockListError::Form);
        }
        if ids.len() >= BLOCKS_MAX {
            return Err(BlockListError::TooLong);
        }
        let Event::Text(text) = event()? else { return Err(BlockListError::Form) };
        ids.push(BlockId::from_base64(&text).ok_or(BlockListError::Block)?);
        if !matches!(event()?, Event::End(_)) {
            return Err(BlockListError::Form);
        }
    }
}

/// Returns the next event that is not white space between elements.
fn skip_space<'a>(event: &mut impl FnMut() -> Result<Event<'a>, BlockListError>) -> Result<Event<'a>, BlockListError> {
    loop {
        let next = event()?;
        if !matches!(&next, Event::Text(text) if text.bytes().all(|byte| byte.is_ascii_whitespace())) {
            return Ok(next);
        }
    }
}

fn is_plain(start: &BytesStart<'_>, name: &str) -> bool {
    start.name().0 == name && start.attributes_raw().trim().is_empty()
}

/// Writes what Get Block List answers. Ids are base64, which needs no escapes.
pub(crate) fn write(blocks: &Blocks, wanted: Wanted) -> String {
    let committed = section("CommittedBlocks", &blocks.committed);
    let uncommitted = section("UncommittedBlocks", &blocks.uncommitted);
    let inner = match wanted {
        Wanted::Committed => committed,
        Wanted::Uncommitted => uncommitted,
        Wanted::All => committed + &uncommitted,
    };
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><{LIST}>{inner}</{LIST}>")
}

fn section(name: &str, blocks: &[Block]) -> String {
    let block = |block: &Block| format!("<Block><Name>{}</Name><Size>{}</Size></Block>", block.id, block.length);
    let inner: String = blocks.iter().map(block).collect();
    format!("<{name}>{inner}</{name}>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_id;

    fn list(count: usize) -> String {
        let id = |n| block_id(u32::try_from(n).expect("small")).expect("in range");
        let inner: String = (0..count).map(|n| format!("<Latest>{}</Latest>", id(n))).collect();
        format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>{inner}</BlockList>\n")
    }

    #[test]
    fn a_list_has_at_most_fifty_thousand_blocks() {
        for count in [0, 1, 3, BLOCKS_MAX] {
            assert_eq!(parse(list(count).as_bytes()).map(|ids| ids.len()), Ok(count));
        }
        assert_eq!(parse(list(BLOCKS_MAX + 1).as_bytes()), Err(BlockListError::TooLong));
    }

    #[test]
    fn space_between_elements_says_nothing() {
        let text = "<BlockList>\r\n  <Latest>AAAA</Latest>\n  <Uncommitted>BBBB</Uncommitted>\n</BlockList>";
        assert_eq!(parse(text.as_bytes()).map(|ids| ids.len()), Ok(2));
        assert_eq!(parse(b"<BlockList/>"), Ok(vec![]));
    }

    #[test]
    fn anything_else_is_refused() {
        let form = |text: &str| assert_eq!(parse(text.as_bytes()), Err(BlockListError::Form), "{text}");
        for text in [
            "",
            "text",
            "<BlockList>",
            "<BlockList><Latest>AAAA</BlockList>",
            "<BlockList><Latest>AAAA</Latest></Other>",
            "<BlockList><Latest>AAAA</Latest></BlockList><BlockList/>",
            "<BlockList><Latest>AAAA</Latest></BlockList>x",
            "<BlockList><Latest a=\"b\">AAAA</Latest></BlockList>",
            "<BlockList xmlns=\"x\"><Latest>AAAA</Latest></BlockList>",
            "<BlockList><Latest/></BlockList>",
            "<BlockList><Latest></Latest></BlockList>",
            "<BlockList><Latest><b/></Latest></BlockList>",
            "<BlockList><Latest>AAAA<!-- --></Latest></BlockList>",
            "<BlockList><!-- --></BlockList>",
            "<BlockList><Latest><![CDATA[AAAA]]></Latest></BlockList>",
            "<BlockList>AAAA</BlockList>",
            "<BlockList><Other>AAAA</Other></BlockList>",
            "<!DOCTYPE a [<!ENTITY b \"AAAA\">]><BlockList><Latest>&b;</Latest></BlockList>",
            "<BlockList><Latest>&b;</Latest></BlockList>",
            "<BlockList><Latest>AAAA&#65;</Latest></BlockList>",
            "<?xml version=\"1.0\"?><?xml version=\"1.0\"?><BlockList/>",
            "<?other?><BlockList/>",
        ] {
            form(text);
        }
        assert_eq!(parse(&[0xff, 0xfe]), Err(BlockListError::Form));
        for text in ["<BlockList><Latest>A</Latest></BlockList>", "<BlockList><Committed>AAAA</Committed></BlockList>"]
        {
            assert_eq!(parse(text.as_bytes()), Err(BlockListError::Block), "{text}");
        }
    }
}
