//! `help.getCountriesList lang_code hash = help.CountriesList`: countries by calling code, for the sign-in screen. Names are in English.

use tl_api::{enums, functions, types};

use crate::methods::help::countries;
use crate::{Call, RpcError};

pub(super) async fn handle(
    _call: Call,
    request: functions::help::GetCountriesList,
) -> Result<enums::help::CountriesList, RpcError> {
    let (hash, countries) = countries::countries();
    Ok(if request.hash == hash {
        enums::help::CountriesList::CountriesListNotModified
    } else {
        types::help::CountriesList { countries, hash }.into()
    })
}
