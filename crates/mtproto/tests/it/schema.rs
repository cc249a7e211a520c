//! Constructor ids are the CRC-32 of their lines in the published schema.

use mtproto::schema::*;

#[test]
fn ids_are_checksums_of_their_lines() {
    let int = "nonce:int128 server_nonce:int128";
    let pq = format!("pq:string p:string q:string {int} new_nonce:int256");
    let lines = [
        (RES_PQ, format!("resPQ {int} pq:string server_public_key_fingerprints:Vector long = ResPQ")),
        (P_Q_INNER_DATA, format!("p_q_inner_data {pq} = P_Q_inner_data")),
        (P_Q_INNER_DATA_DC, format!("p_q_inner_data_dc {pq} dc:int = P_Q_inner_data")),
        (P_Q_INNER_DATA_TEMP, format!("p_q_inner_data_temp {pq} expires_in:int = P_Q_inner_data")),
        (P_Q_INNER_DATA_TEMP_DC, format!("p_q_inner_data_temp_dc {pq} dc:int expires_in:int = P_Q_inner_data")),
        (
            BIND_AUTH_KEY_INNER,
            "bind_auth_key_inner nonce:long temp_auth_key_id:long perm_auth_key_id:long temp_session_id:long \
             expires_at:int = BindAuthKeyInner"
                .to_owned(),
        ),
        (SERVER_DH_PARAMS_OK, format!("server_DH_params_ok {int} encrypted_answer:string = Server_DH_Params")),
        (
            SERVER_DH_INNER_DATA,
            format!("server_DH_inner_data {int} g:int dh_prime:string g_a:string server_time:int = Server_DH_inner_data"),
        ),
        (CLIENT_DH_INNER_DATA, format!("client_DH_inner_data {int} retry_id:long g_b:string = Client_DH_Inner_Data")),
        (DH_GEN_OK, format!("dh_gen_ok {int} new_nonce_hash1:int128 = Set_client_DH_params_answer")),
        (DH_GEN_RETRY, format!("dh_gen_retry {int} new_nonce_hash2:int128 = Set_client_DH_params_answer")),
        (DH_GEN_FAIL, format!("dh_gen_fail {int} new_nonce_hash3:int128 = Set_client_DH_params_answer")),
        (REQ_PQ, "req_pq nonce:int128 = ResPQ".to_owned()),
        (REQ_PQ_MULTI, "req_pq_multi nonce:int128 = ResPQ".to_owned()),
        (
            REQ_DH_PARAMS,
            format!(
                "req_DH_params {int} p:string q:string public_key_fingerprint:long encrypted_data:string = Server_DH_Params"
            ),
        ),
        (
            SET_CLIENT_DH_PARAMS,
            format!("set_client_DH_params {int} encrypted_data:string = Set_client_DH_params_answer"),
        ),
    ];
    for (id, line) in lines {
        assert_eq!(crc32fast::hash(line.as_bytes()), id, "{line}");
    }
}

#[test]
fn ids_of_service_messages_are_checksums_of_their_lines() {
    let lines = [
        (DESTROY_AUTH_KEY, "destroy_auth_key = DestroyAuthKeyRes"),
        (DESTROY_AUTH_KEY_OK, "destroy_auth_key_ok = DestroyAuthKeyRes"),
        (DESTROY_AUTH_KEY_NONE, "destroy_auth_key_none = DestroyAuthKeyRes"),
        (DESTROY_AUTH_KEY_FAIL, "destroy_auth_key_fail = DestroyAuthKeyRes"),
        (MSGS_ACK, "msgs_ack msg_ids:Vector long = MsgsAck"),
        (
            BAD_MSG_NOTIFICATION,
            "bad_msg_notification bad_msg_id:long bad_msg_seqno:int error_code:int = BadMsgNotification",
        ),
        (
            BAD_SERVER_SALT,
            "bad_server_salt bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long = BadMsgNotification",
        ),
        (MSGS_STATE_REQ, "msgs_state_req msg_ids:Vector long = MsgsStateReq"),
        (MSGS_STATE_INFO, "msgs_state_info req_msg_id:long info:string = MsgsStateInfo"),
        (MSGS_ALL_INFO, "msgs_all_info msg_ids:Vector long info:string = MsgsAllInfo"),
        (
            MSG_DETAILED_INFO,
            "msg_detailed_info msg_id:long answer_msg_id:long bytes:int status:int = MsgDetailedInfo",
        ),
        (
            MSG_NEW_DETAILED_INFO,
            "msg_new_detailed_info answer_msg_id:long bytes:int status:int = MsgDetailedInfo",
        ),
        (MSG_RESEND_REQ, "msg_resend_req msg_ids:Vector long = MsgResendReq"),
        (RPC_RESULT, "rpc_result req_msg_id:long result:Object = RpcResult"),
        (RPC_ERROR, "rpc_error error_code:int error_message:string = RpcError"),
        (RPC_DROP_ANSWER, "rpc_drop_answer req_msg_id:long = RpcDropAnswer"),
        (RPC_ANSWER_UNKNOWN, "rpc_answer_unknown = RpcDropAnswer"),
        (RPC_ANSWER_DROPPED_RUNNING, "rpc_answer_dropped_running = RpcDropAnswer"),
        (RPC_ANSWER_DROPPED, "rpc_answer_dropped msg_id:long seq_no:int bytes:int = RpcDropAnswer"),
        (GET_FUTURE_SALTS, "get_future_salts num:int = FutureSalts"),
        (
            FUTURE_SALTS,
            "future_salts req_msg_id:long now:int salts:vector future_salt = FutureSalts",
        ),
        (PING, "ping ping_id:long = Pong"),
        (PONG, "pong msg_id:long ping_id:long = Pong"),
        (PING_DELAY_DISCONNECT, "ping_delay_disconnect ping_id:long disconnect_delay:int = Pong"),
        (DESTROY_SESSION, "destroy_session session_id:long = DestroySessionRes"),
        (DESTROY_SESSION_OK, "destroy_session_ok session_id:long = DestroySessionRes"),
        (DESTROY_SESSION_NONE, "destroy_session_none session_id:long = DestroySessionRes"),
        (
            NEW_SESSION_CREATED,
            "new_session_created first_msg_id:long unique_id:long server_salt:long = NewSession",
        ),
        (HTTP_WAIT, "http_wait max_delay:int wait_after:int max_wait:int = HttpWait"),
        (MSG_CONTAINER, "msg_container messages:vector message = MessageContainer"),
    ];
    for (id, line) in lines {
        assert_eq!(crc32fast::hash(line.as_bytes()), id, "{line}");
    }
}
