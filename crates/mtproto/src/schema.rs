//! Constructor ids of the `MTProto` service schema (<https://core.telegram.org/schema/mtproto>), in its order.

/// `resPQ nonce:int128 server_nonce:int128 pq:string server_public_key_fingerprints:Vector<long> = ResPQ`
pub const RES_PQ: u32 = 0x0516_2463;
/// `p_q_inner_data pq:string p:string q:string nonce:int128 server_nonce:int128 new_nonce:int256 = P_Q_inner_data`
pub const P_Q_INNER_DATA: u32 = 0x83c9_5aec;
/// `p_q_inner_data_dc ... dc:int = P_Q_inner_data`
pub const P_Q_INNER_DATA_DC: u32 = 0xa9f5_5f95;
/// `p_q_inner_data_temp ... expires_in:int = P_Q_inner_data`
pub const P_Q_INNER_DATA_TEMP: u32 = 0x3c6a_84d4;
/// `p_q_inner_data_temp_dc ... dc:int expires_in:int = P_Q_inner_data`
pub const P_Q_INNER_DATA_TEMP_DC: u32 = 0x56fd_df88;
/// `bind_auth_key_inner nonce:long temp_auth_key_id:long perm_auth_key_id:long temp_session_id:long expires_at:int`
pub const BIND_AUTH_KEY_INNER: u32 = 0x75a3_f765;
/// `server_DH_params_ok nonce:int128 server_nonce:int128 encrypted_answer:string = Server_DH_Params`
pub const SERVER_DH_PARAMS_OK: u32 = 0xd0e8_075c;
/// `server_DH_inner_data nonce:int128 server_nonce:int128 g:int dh_prime:string g_a:string server_time:int`
pub const SERVER_DH_INNER_DATA: u32 = 0xb589_0dba;
/// `client_DH_inner_data nonce:int128 server_nonce:int128 retry_id:long g_b:string`
pub const CLIENT_DH_INNER_DATA: u32 = 0x6643_b654;
/// `dh_gen_ok nonce:int128 server_nonce:int128 new_nonce_hash1:int128`
pub const DH_GEN_OK: u32 = 0x3bcb_f734;
/// `dh_gen_retry nonce:int128 server_nonce:int128 new_nonce_hash2:int128`
pub const DH_GEN_RETRY: u32 = 0x46dc_1fb9;
/// `dh_gen_fail nonce:int128 server_nonce:int128 new_nonce_hash3:int128`
pub const DH_GEN_FAIL: u32 = 0xa69d_ae02;
/// `req_pq nonce:int128 = ResPQ`
pub const REQ_PQ: u32 = 0x6046_9778;
/// `req_pq_multi nonce:int128 = ResPQ`
pub const REQ_PQ_MULTI: u32 = 0xbe7e_8ef1;
/// `req_DH_params nonce:int128 server_nonce:int128 p:string q:string public_key_fingerprint:long encrypted_data:string`
pub const REQ_DH_PARAMS: u32 = 0xd712_e4be;
/// `set_client_DH_params nonce:int128 server_nonce:int128 encrypted_data:string = Set_client_DH_params_answer`
pub const SET_CLIENT_DH_PARAMS: u32 = 0xf504_5f1f;
/// `destroy_auth_key = DestroyAuthKeyRes`
pub const DESTROY_AUTH_KEY: u32 = 0xd143_5160;
/// `destroy_auth_key_ok = DestroyAuthKeyRes`
pub const DESTROY_AUTH_KEY_OK: u32 = 0xf660_e1d4;
/// `destroy_auth_key_none = DestroyAuthKeyRes`
pub const DESTROY_AUTH_KEY_NONE: u32 = 0x0a9f_2259;
/// `destroy_auth_key_fail = DestroyAuthKeyRes`
pub const DESTROY_AUTH_KEY_FAIL: u32 = 0xea10_9b13;

/// `msgs_ack msg_ids:Vector<long> = MsgsAck`
pub const MSGS_ACK: u32 = 0x62d6_b459;
/// `bad_msg_notification bad_msg_id:long bad_msg_seqno:int error_code:int = BadMsgNotification`
pub const BAD_MSG_NOTIFICATION: u32 = 0xa7ef_f811;
/// `bad_server_salt bad_msg_id:long bad_msg_seqno:int error_code:int new_server_salt:long = BadMsgNotification`
pub const BAD_SERVER_SALT: u32 = 0xedab_447b;
/// `msgs_state_req msg_ids:Vector<long> = MsgsStateReq`
pub const MSGS_STATE_REQ: u32 = 0xda69_fb52;
/// `msgs_state_info req_msg_id:long info:string = MsgsStateInfo`
pub const MSGS_STATE_INFO: u32 = 0x04de_b57d;
/// `msgs_all_info msg_ids:Vector<long> info:string = MsgsAllInfo`
pub const MSGS_ALL_INFO: u32 = 0x8cc0_d131;
/// `msg_detailed_info msg_id:long answer_msg_id:long bytes:int status:int = MsgDetailedInfo`
pub const MSG_DETAILED_INFO: u32 = 0x276d_3ec6;
/// `msg_new_detailed_info answer_msg_id:long bytes:int status:int = MsgDetailedInfo`
pub const MSG_NEW_DETAILED_INFO: u32 = 0x809d_b6df;
/// `msg_resend_req msg_ids:Vector<long> = MsgResendReq`
pub const MSG_RESEND_REQ: u32 = 0x7d86_1a08;
/// `msg_resend_ans_req msg_ids:Vector<long> = MsgResendReq`
pub const MSG_RESEND_ANS_REQ: u32 = 0x8610_baeb;
/// `rpc_result req_msg_id:long result:Object = RpcResult`
pub const RPC_RESULT: u32 = 0xf35c_6d01;
/// `rpc_error error_code:int error_message:string = RpcError`
pub const RPC_ERROR: u32 = 0x2144_ca19;
/// `rpc_drop_answer req_msg_id:long = RpcDropAnswer`
pub const RPC_DROP_ANSWER: u32 = 0x58e4_a740;
/// `rpc_answer_unknown = RpcDropAnswer`
pub const RPC_ANSWER_UNKNOWN: u32 = 0x5e2a_d36e;
/// `rpc_answer_dropped_running = RpcDropAnswer`
pub const RPC_ANSWER_DROPPED_RUNNING: u32 = 0xcd78_e586;
/// `rpc_answer_dropped msg_id:long seq_no:int bytes:int = RpcDropAnswer`
pub const RPC_ANSWER_DROPPED: u32 = 0xa43a_d8b7;
/// `get_future_salts num:int = FutureSalts`
pub const GET_FUTURE_SALTS: u32 = 0xb921_bd04;
/// `future_salts req_msg_id:long now:int salts:vector<future_salt> = FutureSalts`
pub const FUTURE_SALTS: u32 = 0xae50_0895;
/// `ping ping_id:long = Pong`
pub const PING: u32 = 0x7abe_77ec;
/// `pong msg_id:long ping_id:long = Pong`
pub const PONG: u32 = 0x3477_73c5;
/// `ping_delay_disconnect ping_id:long disconnect_delay:int = Pong`
pub const PING_DELAY_DISCONNECT: u32 = 0xf342_7b8c;
/// `destroy_session session_id:long = DestroySessionRes`
pub const DESTROY_SESSION: u32 = 0xe751_2126;
/// `destroy_session_ok session_id:long = DestroySessionRes`
pub const DESTROY_SESSION_OK: u32 = 0xe220_45fc;
/// `destroy_session_none session_id:long = DestroySessionRes`
pub const DESTROY_SESSION_NONE: u32 = 0x62d3_50c9;
/// `new_session_created first_msg_id:long unique_id:long server_salt:long = NewSession`
pub const NEW_SESSION_CREATED: u32 = 0x9ec2_0908;
/// `http_wait max_delay:int wait_after:int max_wait:int = HttpWait`
pub const HTTP_WAIT: u32 = 0x9299_359f;
/// `msg_container messages:vector<message> = MessageContainer`
pub const MSG_CONTAINER: u32 = 0x73f1_f8dc;
/// `msg_copy orig_message:Message = MessageCopy`
pub const MSG_COPY: u32 = 0xe060_46b2;
